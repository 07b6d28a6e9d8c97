import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'

/** The digest that a SHA256SUMS has for a file name; undefined when it has none or has two. */
export function digestIn(sums: string, file: string): string | undefined {
  const digests = sums.split('\n').flatMap(line => {
    const [, digest, name] = /^([0-9a-f]{64}) [ *](.+?)\r?$/.exec(line) ?? []
    return digest !== undefined && name === basename(file) ? [digest] : []
  })
  return digests.length === 1 ? digests[0] : undefined
}

export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part)
  return hash.digest('hex')
}
