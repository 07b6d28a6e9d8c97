import { createHash } from 'node:crypto'

/**
 * The record of every decision and effect: append-only, and chained, so that a changed, missing or inserted entry
 * shows. The chain runs over digests of the details, not over the details: redaction and retention take the details
 * away and leave the chain whole. A random salt in each keeps a short detail from being guessed by its digest.
 */
export interface ActivityEntry {
  readonly seq: number
  readonly at: number
  readonly tier: Tier
  /** JSON; undefined once it was redacted or its time was over. */
  readonly details: string | undefined
  readonly detailsDigest: string
  readonly hash: string
}

export const TIERS = ['ephemeral', 'standard', 'important'] as const
export type Tier = (typeof TIERS)[number]

export const retentionDays: Readonly<Record<Tier, number>> = { ephemeral: 30, standard: 90, important: 365 }

/** What stands before the first entry. */
export const chainStart = createHash('sha256').update('postern activity 1').digest('hex')
export const saltBytes = 16

/** Ids, counts and fixed words; never what a message, a record or a query says. */
export interface ActivityDetails {
  readonly origin: string
  readonly actor: string | null
  readonly profile: string | null
  readonly action: string
  readonly verdict: 'allow' | 'stage' | 'deny' | 'effect'
  readonly reason: string | null
  readonly accounts: readonly string[]
  readonly targets: readonly string[]
  readonly counts: Readonly<Record<string, number>>
}

export function seal(
  previous: { readonly seq: number; readonly hash: string },
  entry: { readonly at: number; readonly tier: Tier; readonly details: ActivityDetails; readonly salt: Uint8Array },
): ActivityEntry {
  const details = JSON.stringify({ salt: Buffer.from(entry.salt).toString('hex'), ...entry.details })
  const detailsDigest = sha256(details)
  const facts = { seq: previous.seq + 1, at: entry.at, tier: entry.tier, detailsDigest }
  return { ...facts, details, hash: hashOf(previous.hash, facts) }
}

export type ActivityFault = 'missing_entry' | 'changed_entry' | 'changed_details' | 'cut_off'

/**
 * Follows the chain from `from` on. `head` is what a person wrote down, or the store remembers, of the newest entry:
 * without it entries that were cut off at the end cannot be missed.
 */
export function verifyChain(
  entries: Iterable<ActivityEntry>,
  from: { readonly seq: number; readonly hash: string } = { seq: 0, hash: chainStart },
  head?: { readonly seq: number; readonly hash: string },
): { readonly fault: ActivityFault | undefined; readonly seq: number; readonly hash: string } {
  let { seq, hash } = from
  let passedHead = head === undefined || (head.seq === seq && head.hash === hash)
  for (const entry of entries) {
    if (entry.seq !== seq + 1) return { fault: 'missing_entry', seq, hash }
    if (entry.details !== undefined && sha256(entry.details) !== entry.detailsDigest) {
      return { fault: 'changed_details', seq: entry.seq, hash }
    }
    if (hashOf(hash, entry) !== entry.hash) return { fault: 'changed_entry', seq: entry.seq, hash }
    seq = entry.seq
    hash = entry.hash
    if (head?.seq === seq) {
      if (head.hash !== hash) return { fault: 'changed_entry', seq, hash }
      passedHead = true
    }
  }
  return { fault: passedHead ? undefined : 'cut_off', seq, hash }
}

function hashOf(previous: string, entry: Pick<ActivityEntry, 'seq' | 'at' | 'tier' | 'detailsDigest'>): string {
  return sha256(`${previous}\n${entry.seq}\n${entry.at}\n${entry.tier}\n${entry.detailsDigest}`)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
