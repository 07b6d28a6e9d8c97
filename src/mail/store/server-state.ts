import { err, ok, type Result } from '#base/result.ts'
import { heedsLabel, shieldFlags } from '../outbox/shield.ts'
import { integer, text } from './database.ts'
import { type StoreError, storeError } from './errors.ts'
import { ownFlags } from './flags.ts'
import type { MessageId } from './ids.ts'
import type { IncomingLabel, LabelKind } from './incoming.ts'
import { addLabel, labelsOf, refreshFlags, removeLabel, stateOf, updateFlags } from './membership.ts'
import type { Writing } from './writing.ts'

/** What a provider says of one mailbox, besides new mail: one page of it. */
export interface ServerState {
  readonly account: string
  /** The folder's key; its label is here. */
  readonly mailbox: string
  readonly uidvalidity: number
  readonly states: readonly PlaceState[]
  /** UIDs that are not there any more. */
  readonly gone: readonly number[]
  /** Places of every other UIDVALIDITY are void. */
  readonly isRenumbered: boolean
  readonly skipped: readonly { readonly uid: number; readonly reason: string; readonly sizeBytes: number }[]
  /** What `labels` of a state are complete for: labels of other kinds stay. */
  readonly kinds: readonly LabelKind[]
  /** From where to go on once this is stored. */
  readonly cursor: string
  readonly remaining: number
}

export interface PlaceState {
  readonly uid: number
  readonly flags: number
  readonly modseq?: bigint
  readonly labels: readonly IncomingLabel[]
}

export interface TakenState {
  readonly changed: readonly MessageId[]
  /** Messages without any place now; `removeHomeless` takes those away that do not turn up again. */
  readonly homeless: readonly MessageId[]
}

/**
 * All of a page, the cursor included, within a transaction of the caller, who rolls it back after an error. What the
 * person decided and the provider does not know yet stays.
 */
export function takeServerState(writing: Writing, said: ServerState): Result<TakenState, StoreError> {
  const { statements } = writing
  const account = writing.account(said.account)
  const row = statements.one('SELECT id FROM labels WHERE account_id = ? AND key = ?', account, said.mailbox)
  if (row === undefined) return err(storeError('label_unknown', 'there is no such folder'))
  const taking: Taking = { writing, account, label: integer(row, 0), said }
  const changed = new Set<MessageId>()
  for (const state of said.states) takeState(taking, state, changed)
  const homeless: MessageId[] = []
  for (const id of takeGone(taking)) {
    changed.add(id)
    if (leaves(taking, id)) homeless.push(id)
  }
  writeProgress(taking)
  return ok({ changed: [...changed], homeless })
}

interface Taking {
  readonly writing: Writing
  readonly account: number
  readonly label: number
  readonly said: ServerState
}

function takeState(taking: Taking, { uid, flags, modseq, labels }: PlaceState, changed: Set<MessageId>): void {
  const { writing, label, said } = taking
  const { statements } = writing
  const place = statements.one(
    'SELECT message_id, flags, keywords FROM locations WHERE label_id = ? AND uidvalidity = ? AND uid = ?',
    label,
    said.uidvalidity,
    uid,
  )
  if (place === undefined) return
  const id = integer(place, 0)
  const keywords = formatKeywords(labels)
  const isAsBefore = integer(place, 1) === (flags & ownFlags) && place[2] === keywords
  if (!isAsBefore || modseq !== undefined) {
    statements.run(
      `UPDATE locations SET flags = ?, keywords = ?, modseq = coalesce(?, modseq)
       WHERE label_id = ? AND uidvalidity = ? AND uid = ?`,
      flags & ownFlags,
      keywords,
      modseq ?? null,
      label,
      said.uidvalidity,
      uid,
    )
  }
  // A sweep over all flags mostly says what is known.
  if (isAsBefore && !said.kinds.includes('label')) return
  const tags = labels.filter(({ kind }) => kind !== 'keyword')
  const hasOtherLabels = takeLabels(taking, id, [...tags, ...keywordsAtServer(writing, id)])
  if (updateFlags(writing, id, shieldFlags(writing, id, flagsAtServer(writing, id), ownFlags)) || hasOtherLabels) {
    changed.add(id)
  }
}

/** A message that lies in several folders is read when one of its copies is. */
export function flagsAtServer({ statements }: Writing, id: MessageId): number {
  const rows = statements.all('SELECT flags FROM locations WHERE message_id = ?', id)
  return rows.reduce((flags, row) => flags | integer(row, 0), 0)
}

/** Keywords of one place in one text; they hold no blanks (`flag-keyword` of RFC 3501). */
export function formatKeywords(labels: readonly IncomingLabel[]): string {
  const keywords = labels.flatMap(({ key, kind }) => (kind === 'keyword' ? key : []))
  return keywords.sort().join(' ')
}

/** Those of all copies. */
function keywordsAtServer({ statements }: Writing, id: MessageId): IncomingLabel[] {
  const rows = statements.all("SELECT keywords FROM locations WHERE message_id = ? AND keywords <> ''", id)
  const keys = new Set(rows.flatMap(row => text(row, 0).split(' ')))
  return [...keys].map((key): IncomingLabel => ({ key, kind: 'keyword' }))
}

function takeLabels({ writing, account, said }: Taking, id: MessageId, wanted: readonly IncomingLabel[]): boolean {
  if (said.kinds.length === 0) return false
  const { flags } = stateOf(writing, id)
  const wantedIds = new Set(wanted.map(label => writing.labels.ensure(account, label).id))
  let hasChanged = false
  for (const label of labelsOf(writing, id)) {
    if (wantedIds.has(label) || !said.kinds.includes(writing.labels.byId(label).kind)) continue
    if (heedsLabel(writing, id, label, false) && removeLabel(writing, id, label)) hasChanged = true
  }
  for (const label of wantedIds) {
    if (heedsLabel(writing, id, label, true) && addLabel(writing, { id, flags }, label)) hasChanged = true
  }
  return hasChanged
}

/** Takes the places that are no more, and names the messages that stood there. */
function takeGone({ writing: { statements }, label, said }: Taking): Set<MessageId> {
  const taken = new Set<MessageId>()
  for (const uid of said.gone) {
    const where = [label, said.uidvalidity, uid] as const
    const row = statements.one(
      'SELECT message_id FROM locations WHERE label_id = ? AND uidvalidity = ? AND uid = ?',
      ...where,
    )
    statements.run('DELETE FROM sync_skipped WHERE label_id = ? AND uidvalidity = ? AND uid = ?', ...where)
    if (row === undefined) continue
    taken.add(integer(row, 0))
    statements.run('DELETE FROM locations WHERE label_id = ? AND uidvalidity = ? AND uid = ?', ...where)
  }
  if (!said.isRenumbered) return taken
  const others = statements.all(
    'SELECT DISTINCT message_id FROM locations WHERE label_id = ? AND uidvalidity <> ?',
    label,
    said.uidvalidity,
  )
  for (const row of others) taken.add(integer(row, 0))
  statements.run('DELETE FROM locations WHERE label_id = ? AND uidvalidity <> ?', label, said.uidvalidity)
  statements.run('DELETE FROM sync_skipped WHERE label_id = ? AND uidvalidity <> ?', label, said.uidvalidity)
  return taken
}

/** Says whether the message has no place at all any more. */
function leaves(taking: Taking, id: MessageId): boolean {
  const { writing, label } = taking
  const { statements } = writing
  if (statements.one('SELECT 1 FROM locations WHERE label_id = ? AND message_id = ?', label, id) === undefined) {
    if (heedsLabel(writing, id, label, false)) removeLabel(writing, id, label)
  }
  if (noteIfHomeless(writing, id)) {
    refreshFlags(writing, id)
    return true
  }
  // What only the copy bore that is gone, the message bears no more.
  takeKeywords(taking, id)
  updateFlags(writing, id, shieldFlags(writing, id, flagsAtServer(writing, id), ownFlags))
  return false
}

function takeKeywords(taking: Taking, id: MessageId): void {
  const said = { ...taking.said, kinds: ['keyword'] as const }
  takeLabels({ ...taking, said }, id, keywordsAtServer(taking.writing, id))
}

/** To be called whenever a place was taken from a message: without one it is to be found again, or gone. */
export function noteIfHomeless({ statements, clock }: Writing, id: MessageId): boolean {
  if (statements.one('SELECT 1 FROM locations WHERE message_id = ?', id) !== undefined) return false
  statements.run('INSERT OR IGNORE INTO sync_homeless(message_id, since) VALUES (?, ?)', id, clock.now())
  return true
}

function writeProgress({ writing, label, said }: Taking): void {
  const { statements, clock } = writing
  for (const { uid, reason, sizeBytes } of said.skipped) {
    statements.run(
      'INSERT OR REPLACE INTO sync_skipped(label_id, uidvalidity, uid, reason, size_bytes) VALUES (?, ?, ?, ?, ?)',
      label,
      said.uidvalidity,
      uid,
      reason,
      sizeBytes,
    )
  }
  statements.run(
    `INSERT INTO sync_mailboxes(label_id, cursor, remaining, synced_at) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT(label_id) DO UPDATE SET cursor = ?2, remaining = ?3, synced_at = ?4`,
    label,
    said.cursor,
    said.remaining,
    clock.now(),
  )
}
