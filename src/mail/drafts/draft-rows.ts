import { err, ok, type Result } from '#base/result.ts'
import type { DraftContent } from '../compose/index.ts'
import { integer, type Row, type Statements, text } from '../store/database.ts'
import { type StoreError, storeError } from '../store/errors.ts'
import type { Writing } from '../store/writing.ts'

export interface DraftSave {
  readonly account: string
  readonly content: DraftContent
  /** The draft that is changed and the revision that the change was made from; absent for a new one. */
  readonly on?: { readonly id: number; readonly revision: number }
  /** For a new one: without angle brackets. */
  readonly messageId: string
}

export interface DraftRow {
  readonly id: number
  readonly account: string
  readonly revision: number
  readonly messageId: string
  /** JSON of a `DraftContent`. */
  readonly content: string
  readonly createdAt: number
  readonly changedAt: number
}

const draftsMax = 10_000
const revisionsKept = 50

export function saveDraft(writing: Writing, save: DraftSave): Result<{ id: number; revision: number }, StoreError> {
  return writing.transaction(() =>
    save.on === undefined ? addDraft(writing, save) : changeDraft(writing, save, save.on),
  )
}

function addDraft(
  writing: Writing,
  { account, content, messageId }: DraftSave,
): Result<{ id: number; revision: number }, StoreError> {
  const { statements, clock } = writing
  if (integer(statements.one('SELECT count(*) FROM drafts'), 0) >= draftsMax) {
    return err(storeError('limit_reached', `there are ${draftsMax} drafts: delete some first`))
  }
  const now = clock.now()
  const id = statements.insert(
    `INSERT INTO drafts(account_id, revision, message_id, content, created_at, changed_at) VALUES (?, 1, ?, ?, ?, ?)`,
    writing.account(account),
    messageId,
    JSON.stringify(content),
    now,
    now,
  )
  return ok({ id, revision: 1 })
}

function changeDraft(
  writing: Writing,
  { account, content }: DraftSave,
  on: { readonly id: number; readonly revision: number },
): Result<{ id: number; revision: number }, StoreError> {
  const { statements, clock } = writing
  const row = statements.one('SELECT revision, account_id FROM drafts WHERE id = ?', on.id)
  if (row === undefined) return err(unknownDraft(on.id))
  if (isLeaving(statements, on.id)) return err(leaving(on.id))
  if (integer(row, 0) !== on.revision) {
    return err(storeError('draft_changed', `draft d${on.id} was changed meanwhile: look at it again`))
  }
  if (integer(row, 1) !== writing.account(account)) {
    return err(storeError('draft_changed', `draft d${on.id} belongs to another account`))
  }
  statements.run(
    'INSERT INTO draft_revisions(draft_id, revision, content, changed_at) SELECT id, revision, content, changed_at FROM drafts WHERE id = ?',
    on.id,
  )
  statements.run('DELETE FROM draft_revisions WHERE draft_id = ? AND revision <= ?', on.id, on.revision - revisionsKept)
  statements.run(
    'UPDATE drafts SET revision = revision + 1, content = ?, changed_at = ? WHERE id = ?',
    JSON.stringify(content),
    clock.now(),
    on.id,
  )
  // What was frozen of the older revision may not be sent any more.
  statements.run("DELETE FROM sends WHERE draft_id = ? AND state = 'prepared'", on.id)
  return ok({ id: on.id, revision: on.revision + 1 })
}

export function deleteDraft(writing: Writing, id: number): Result<undefined, StoreError> {
  return writing.transaction(() => {
    const { statements } = writing
    if (isLeaving(statements, id)) return err(leaving(id))
    if (statements.run('DELETE FROM drafts WHERE id = ?', id) === 0) return err(unknownDraft(id))
    statements.run("DELETE FROM sends WHERE draft_id = ? AND state = 'prepared'", id)
    return ok(undefined)
  })
}

const columns = `d.id, a.name, d.revision, d.message_id, d.content, d.created_at, d.changed_at
  FROM drafts d JOIN accounts a ON a.id = d.account_id`

export function draftById(statements: Statements, id: number): DraftRow | undefined {
  const row = statements.one(`SELECT ${columns} WHERE d.id = ?`, id)
  return row === undefined ? undefined : draftOf(row)
}

/** The latest changed first. */
export function listDrafts(statements: Statements, limit = draftsMax): DraftRow[] {
  return statements.all(`SELECT ${columns} ORDER BY d.changed_at DESC, d.id DESC LIMIT ?`, limit).map(draftOf)
}

function draftOf(row: Row): DraftRow {
  return {
    id: integer(row, 0),
    account: text(row, 1),
    revision: integer(row, 2),
    messageId: text(row, 3),
    content: text(row, 4),
    createdAt: integer(row, 5),
    changedAt: integer(row, 6),
  }
}

function isLeaving(statements: Statements, id: number): boolean {
  const sql = `SELECT 1 FROM sends WHERE draft_id = ? AND state IN ('waiting', 'sending', 'ending', 'unknown', 'held')`
  return statements.one(sql, id) !== undefined
}

export function unknownDraft(id: number): StoreError {
  return storeError('draft_unknown', `there is no draft d${id}`)
}

function leaving(id: number): StoreError {
  return storeError('draft_leaving', `draft d${id} is on its way out: take it back first`)
}
