import type { Profile } from './profile.ts'
import type { Taint } from './taint.ts'

/** Who asks. Only a credential makes it so, never a field of a request. */
export const ORIGINS = ['human', 'agent', 'mcp', 'web', 'rule', 'unknown'] as const
export type Origin = (typeof ORIGINS)[number]

/** What the gate knows of whoever asks. The daemon keeps it; `decide` only reads it. */
export interface Session {
  readonly origin: Origin
  /** Undefined for a person, and for whoever has none: the latter is refused. */
  readonly profile?: Profile
  readonly taint: Taint
  readonly usage: Usage
  /** Held or refused outward and destructive intents of this session, within the last hour. */
  readonly refusals: number
}

/** What the token has used up, in the windows of its limits. */
export interface Usage {
  readonly messagesLastHour: number
  readonly sendsLastDay: number
  readonly newRecipientsLastDay: number
  readonly exportBytesLastHour: number
  readonly memoryDraftsLastHour: number
}

export const nothingUsed: Usage = {
  messagesLastHour: 0,
  sendsLastDay: 0,
  newRecipientsLastDay: 0,
  exportBytesLastHour: 0,
  memoryDraftsLastHour: 0,
}

/** Reads only: has what the person does outside of the reach of any profile. */
export function isPerson({ origin }: Session): boolean {
  return origin === 'human'
}
