import { createHash } from 'node:crypto'
import { err, ok, type Result } from '#base/result.ts'

/**
 * A staged intent waits here, frozen: `digest` covers exactly what would happen (the bytes to be sent, the ids of a
 * plan), so that a yes to one thing is never a yes to another. Whoever asked cannot decide.
 */
export interface Staged {
  readonly id: string
  readonly digest: string
  readonly state: StagedState
  readonly createdAt: number
  readonly expiresAt: number
}

export const STAGED_STATES = ['waiting', 'approved', 'denied', 'expired', 'void', 'done', 'failed'] as const
export type StagedState = (typeof STAGED_STATES)[number]

/** How long a person has. Afterwards the agent has to ask anew, with what is true then. */
export const stagedMs = 7 * 24 * 3_600_000
/** How long an approval may wait for the network. */
export const approvalMs = 24 * 3_600_000

/** A person's yes, to exactly one frozen thing, for a time. Only `approve` makes one. */
export interface Approval {
  readonly staged: string
  readonly digest: string
  readonly approvedAt: number
  readonly expiresAt: number
}

export type ApprovalRefusal = 'already_decided' | 'staged_expired' | 'staged_changed' | 'approval_expired'

/** `seen` is the digest that the person was shown: what changed in between needs another look. */
export function approve(staged: Staged, seen: string, now: number): Result<Approval, ApprovalRefusal> {
  if (staged.state !== 'waiting') return err('already_decided')
  if (staged.expiresAt <= now) return err('staged_expired')
  if (staged.digest !== seen) return err('staged_changed')
  return ok({ staged: staged.id, digest: staged.digest, approvedAt: now, expiresAt: now + approvalMs })
}

/** Whether `approval` lets `digest` happen now. */
export function covers(approval: Approval, digest: string, now: number): Result<undefined, ApprovalRefusal> {
  if (approval.digest !== digest) return err('staged_changed')
  if (approval.expiresAt <= now) return err('approval_expired')
  return ok(undefined)
}

/** SHA-256 over named parts, each with its length, so that no two lists of parts give the same bytes. */
export function digestOf(parts: Readonly<Record<string, string | Uint8Array>>): string {
  const hash = createHash('sha256')
  for (const name of Object.keys(parts).sort()) {
    const part = parts[name] ?? ''
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part
    hash.update(`${Buffer.byteLength(name)}:${name}=${bytes.length}:`).update(bytes)
  }
  return hash.digest('hex')
}
