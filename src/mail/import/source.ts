import type { IncomingLabel } from '../store/incoming.ts'

/**
 * What a source yields: the mailboxes that it comes to, messages where they lie, and what it could not look into.
 * Nothing is read of a message yet.
 */
export type Sourced = Box | Found | Trouble

/** A Maildir or an mbox, whether or not there is mail in it. */
export interface Box {
  readonly box: string
}

/** A message and where its bytes are. Plain data: it travels to a worker, which reads it. */
export interface Found {
  readonly path: string
  /** Offsets within the file, for a message of an mbox; the whole file when absent. */
  readonly range?: { readonly start: number; readonly end: number }
  readonly quoting?: Quoting
  readonly folder: IncomingLabel
  /** Bits of `FLAG` that the place tells. */
  readonly flags: number
  /** When it arrived as the place tells, ms since the epoch; the file's own time when absent. */
  readonly receivedAt?: number
}

/**
 * How lines that begin with "From " were made harmless: not at all (mboxcl2), `>From ` alone (mboxo, mboxcl), or one
 * more `>` before each `>…From ` (mboxrd).
 */
export type Quoting = 'none' | 'one' | 'each'

/** Something that was not taken in, or not wholly. */
export interface Trouble {
  readonly path: string
  readonly code: TroubleCode
  /** For a person, without the path. */
  readonly message: string
}

export const TROUBLE_CODES = [
  'path_missing',
  'not_mail',
  'file_unreadable',
  'folder_unreadable',
  'file_changed',
  'message_empty',
  'message_too_large',
  'maildir_incomplete',
  'link_not_followed',
  'not_a_file',
  'nested_too_deep',
] as const
export type TroubleCode = (typeof TROUBLE_CODES)[number]

/**
 * Troubles that took no mail away: an empty file holds none, a Maildir without `cur` is read all the same, and links
 * and devices are left alone by intention.
 */
const harmless: readonly TroubleCode[] = ['message_empty', 'maildir_incomplete', 'link_not_followed', 'not_a_file']

export function isHarmless({ code }: Trouble): boolean {
  return harmless.includes(code)
}

/** Troubles with one message, counted as such; the others are about folders and files that are no messages. */
const aboutMessages: readonly TroubleCode[] = ['file_unreadable', 'file_changed', 'message_empty', 'message_too_large']

export function isAboutMessage({ code }: Trouble): boolean {
  return aboutMessages.includes(code)
}

export function trouble(path: string, code: TroubleCode, message: string): Trouble {
  return { path, code, message }
}

export function isTrouble(met: object): met is Trouble {
  return 'code' in met
}

export function isBox(sourced: Sourced): sourced is Box {
  return 'box' in sourced
}

/** Why the system refused, in words that name no path. */
export function reasonOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined
  if (code === undefined) throw thrown
  return reasons.get(code) ?? code
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ENOENT', 'it is not there any more'],
  ['EIO', 'the disk failed'],
  ['ELOOP', 'it is a link'],
  ['ENOTDIR', 'it is no folder any more'],
])
