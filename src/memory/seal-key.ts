import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { Failure } from '#base/failure.ts'
import { readPrivateFile } from '#base/private-file.ts'
import type { SealKeys } from './canonical/seal.ts'

const keyBytesMax = 4096

/**
 * The key that signs the seals of a person's workspaces: `seal.key`, an Ed25519 key in PEM, in the directory that holds
 * them. Without that file, and for a log that lies elsewhere, seals are not signed. A `Failure` when the file is open to
 * others or holds no such key: going on unsigned would drop what the person asked for.
 */
export function sealKeysOf(logPath: string): SealKeys {
  const directory = dirname(logPath)
  if (!/^[0-9a-f]{64}$/.test(basename(directory))) return {}
  const path = join(dirname(directory), 'seal.key')
  const pem = readPrivateFile(path, keyBytesMax)
  if (pem === undefined) return {}
  const privateKey = ed25519(pem)
  if (privateKey !== undefined) return { privateKey, publicKey: createPublicKey(privateKey) }
  throw new Failure('failed', 'seal_key_unreadable', `${path} holds no Ed25519 private key in PEM`, {
    next: `openssl genpkey -algorithm ed25519 -out ${path}`,
  })
}

function ed25519(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'ed25519' ? key : undefined
  } catch {
    return undefined // OpenSSL's words for what is no key say nothing to a person
  }
}
