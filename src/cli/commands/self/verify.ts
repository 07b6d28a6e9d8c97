import { closeSync, fstatSync, openSync } from 'node:fs'
import { textAsset } from '#base/assets.ts'
import { Failure } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { digestParts, type PartDigest } from './digest.ts'
import { readManifest } from './manifest.ts'

export const run: Run = async (_invocation, { output }) => {
  const text = textAsset('manifest.json')
  if (text === undefined) {
    throw new Failure(
      'failed',
      'not_packaged',
      'only the packaged executable can verify itself; this one runs from source',
      { next: 'npm run package && ./dist/postern self verify' },
    )
  }
  const file = openSync(process.execPath, 'r')
  try {
    const parts = digestParts(file, fstatSync(file).size, readManifest(text))
    const differing = parts.filter(part => part.actual !== part.expected)
    if (output.json) output.data({ ok: differing.length === 0, parts: parts.map(toJson) })
    else
      for (const part of parts) output.write(`${part.actual === part.expected ? 'ok      ' : 'DIFFERS '}${part.name}\n`)
    if (differing.length === 0) return 'done'
    output.complain(`postern: differs from what was built: ${differing.map(({ name }) => name).join(', ')}`)
    return 'integrity'
  } finally {
    closeSync(file)
  }
}

function toJson({ name, expected, actual }: PartDigest) {
  return { name, ok: expected === actual, expected_sha256: expected, actual_sha256: actual }
}
