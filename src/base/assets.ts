import { getAssetKeys, getRawAsset, isSea } from 'node:sea'

/**
 * Files that travel inside the executable: bill of materials, licence texts, the bundle's source map, workers' code.
 * Only the packaged program has them; run from source there is nothing to answer with, and `undefined` says so.
 */
export function asset(name: string): Uint8Array | undefined {
  if (!isSea() || !getAssetKeys().includes(name)) return undefined
  return new Uint8Array(getRawAsset(name))
}

export function textAsset(name: string): string | undefined {
  const bytes = asset(name)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

export function isPackaged(): boolean {
  return isSea()
}
