import { join } from 'node:path'
import * as v from 'valibot'
import { Failure } from '#base/failure.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import { readPrivateFile, withFileLock, writePrivateFile } from '#base/private-file.ts'

/** A person's word for the settings of a repository: for a place and for bytes. Another byte, and it is void. */
export interface Trust {
  readonly root: string
  readonly digest: string
  readonly trustedAt: number
}

const fileBytesMax = 1024 ** 2
const trustsMax = 1_000
const lockWaitMs = 5_000

const fileSchema = v.strictObject({
  schema_version: v.literal(1),
  trusted: v.pipe(
    v.array(
      v.strictObject({
        root: v.string(),
        digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
        trusted_at_unix_ms: v.number(),
      }),
    ),
    v.maxLength(trustsMax),
  ),
})

export interface TrustPlace {
  readonly dataDir: string
  readonly homeDir: string
}

export function trustFile({ dataDir }: Pick<TrustPlace, 'dataDir'>): string {
  return join(dataDir, 'trust.json')
}

/** What is trusted. A file that cannot be read is refused: as an empty list it would be written over. */
export function trusted(place: Pick<TrustPlace, 'dataDir'>): readonly Trust[] {
  const path = trustFile(place)
  const text = readPrivateFile(path, fileBytesMax)
  if (text === undefined) return []
  const parsed = v.safeParse(fileSchema, jsonOf(text))
  if (!parsed.success) {
    throw new Failure('integrity', 'trust_unreadable', `${path} is not a list of what you trust`, {
      next: `rm ${path}`,
    })
  }
  return parsed.output.trusted.map(({ root, digest, trusted_at_unix_ms: trustedAt }) => ({ root, digest, trustedAt }))
}

/** Pure: whether these bytes at this place have the person's word. */
export function isTrusted(trusts: readonly Trust[], { root, digest }: Pick<Trust, 'root' | 'digest'>): boolean {
  return trusts.some(trust => trust.root === root && trust.digest === digest)
}

/** A place has one set of trusted bytes: trusting others takes the first ones' place. */
export function addTrust(place: TrustPlace, trust: Trust): void {
  change(place, trusts => {
    const others = trusts.filter(({ root }) => root !== trust.root)
    if (others.length >= trustsMax) {
      throw new Failure('refused', 'too_many_trusted', `you trust ${trustsMax} repositories already`, {
        next: 'postern trust list',
      })
    }
    return [...others, trust]
  })
}

/** False when there was nothing to take back. */
export function revokeTrust(place: TrustPlace, root: string): boolean {
  let found = false
  change(place, trusts => {
    found = trusts.some(trust => trust.root === root)
    return trusts.filter(trust => trust.root !== root)
  })
  return found
}

function change(place: TrustPlace, work: (trusts: readonly Trust[]) => readonly Trust[]): void {
  ensurePrivateDirectory(place.dataDir, place.homeDir)
  const path = trustFile(place)
  withFileLock(path, lockWaitMs, () => {
    const next = work(trusted(place)).map(({ root, digest, trustedAt }) => ({
      root,
      digest,
      trusted_at_unix_ms: trustedAt,
    }))
    writePrivateFile(path, `${JSON.stringify({ schema_version: 1, trusted: next }, undefined, 2)}\n`)
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // told by the caller, with the path
  }
}
