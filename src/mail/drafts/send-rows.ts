import { err, ok, type Result } from '#base/result.ts'
import type { Mailbox } from '../compose/index.ts'
import { bytes, integer, text } from '../store/database.ts'
import { type StoreError, storeError } from '../store/errors.ts'
import type { Writing } from '../store/writing.ts'
import { unknownDraft } from './draft-rows.ts'
import { recipientsOf, SEND_STATES, type SendState } from './send-reading.ts'

export interface PreparedSend {
  readonly draft: number
  readonly revision: number
  readonly account: string
  readonly messageId: string
  readonly digest: string
  readonly subject: string
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  readonly bytes: Uint8Array
  readonly bcc: readonly Mailbox[]
  /** ms since 1970: it does not leave before. */
  readonly notBefore: number
  /** A person chose the time, as opposed to the moment in which sending can be undone. */
  readonly isScheduled: boolean
}

/** Keeps a frozen message until somebody decides; an earlier one of the draft that was not decided on goes. */
export function prepareSend(writing: Writing, send: PreparedSend): Result<{ id: number }, StoreError> {
  return writing.transaction(() => {
    const { statements, clock } = writing
    const draft = statements.one('SELECT revision FROM drafts WHERE id = ?', send.draft)
    if (draft === undefined) return err(unknownDraft(send.draft))
    if (integer(draft, 0) !== send.revision)
      return err(storeError('draft_changed', `draft d${send.draft} was changed meanwhile`))
    statements.run("DELETE FROM sends WHERE draft_id = ? AND state = 'prepared'", send.draft)
    const id = statements.insert(
      `INSERT INTO sends(draft_id, revision, account_id, message_id, digest, subject, sender, bcc, bytes, state,
         is_scheduled, prepared_at, not_before, next_try_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'prepared', ?, ?, ?, ?)`,
      send.draft,
      send.revision,
      writing.account(send.account),
      send.messageId,
      send.digest,
      send.subject,
      send.envelope.from,
      JSON.stringify(send.bcc),
      send.bytes,
      send.isScheduled ? 1 : 0,
      clock.now(),
      send.notBefore,
      send.notBefore,
    )
    for (const address of send.envelope.to) {
      statements.run("INSERT INTO send_recipients(send_id, address, state) VALUES (?, ?, 'pending')", id, address)
    }
    return ok({ id })
  })
}

/**
 * The decision: exactly what has this digest leaves at `notBefore`. Said again of the same send it changes nothing and
 * tells how far it has come.
 */
export function queueSend(
  writing: Writing,
  { id, digest, notBefore, wantsCopy }: { id: number; digest: string; notBefore: number; wantsCopy: boolean },
): Result<{ state: SendState }, StoreError> {
  return writing.transaction(() => {
    const { statements, clock } = writing
    const row = statements.one('SELECT state, digest, draft_id FROM sends WHERE id = ?', id)
    if (row === undefined) return err(unknownSend(id))
    if (text(row, 1) !== digest)
      return err(storeError('draft_changed', 'what was decided on is not what would be sent'))
    const state = text(row, 0)
    if (state !== 'prepared') return ok({ state: asState(state) })
    const live = statements.one(
      `SELECT id FROM sends WHERE draft_id = ? AND state IN ('waiting', 'sending', 'ending', 'unknown', 'held')`,
      integer(row, 2),
    )
    if (live !== undefined) return err(storeError('draft_leaving', 'a message of this draft is on its way already'))
    statements.run(
      `UPDATE sends SET state = 'waiting', decided_at = ?, not_before = ?, next_try_at = ?, copy = ? WHERE id = ?`,
      clock.now(),
      notBefore,
      notBefore,
      wantsCopy ? 'wanted' : 'none',
      id,
    )
    return ok({ state: 'waiting' })
  })
}

/** Takes it back, as long as no server was told of it. */
export function cancelSend(writing: Writing, id: number): Result<undefined, StoreError> {
  return move(writing, { id, from: ['prepared', 'waiting', 'held'], to: 'cancelled' })
}

export interface Claimed {
  readonly id: number
  readonly account: string
  readonly messageId: string
  readonly digest: string
  readonly attempts: number
  readonly from: string
  /** Everybody, as the digest covers them, and those whom no server has taken yet. */
  readonly to: readonly string[]
  readonly pending: readonly string[]
  readonly bytes: Uint8Array
}

/**
 * The next message of an account that is due, now `sending`; null when none is. One whose chosen time passed by more
 * than `lateMaxMs` before it was ever tried is held instead: a person may not want it any more.
 */
export function claimSend(
  writing: Writing,
  { account, lateMaxMs }: { account: string; lateMaxMs: number },
): Result<Claimed | null, StoreError> {
  return writing.transaction(() => {
    const { statements, clock } = writing
    const now = clock.now()
    const owner = writing.account(account)
    statements.run(
      `UPDATE sends SET state = 'held', code = 'late', detail = 'its time passed while nothing could be sent'
       WHERE account_id = ? AND state = 'waiting' AND is_scheduled = 1 AND attempts = 0 AND not_before < ?`,
      owner,
      now - lateMaxMs,
    )
    const row = statements.one(
      `SELECT id, message_id, digest, attempts, sender, bytes FROM sends
       WHERE account_id = ? AND state = 'waiting' AND next_try_at <= ? ORDER BY next_try_at, id LIMIT 1`,
      owner,
      now,
    )
    if (row === undefined) return ok(null)
    const id = integer(row, 0)
    statements.run("UPDATE sends SET state = 'sending', attempts = attempts + 1 WHERE id = ?", id)
    const recipients = recipientsOf(statements, id)
    return ok({
      id,
      account,
      messageId: text(row, 1),
      digest: text(row, 2),
      attempts: integer(row, 3) + 1,
      from: text(row, 4),
      to: recipients.map(({ address }) => address),
      pending: recipients.filter(({ state }) => state === 'pending').map(({ address }) => address),
      bytes: bytes(row, 5),
    })
  })
}

/** From here on the server may have it. Refused unless it is being sent: then its end may not go out. */
export function noteEnding(writing: Writing, id: number): Result<undefined, StoreError> {
  return move(writing, { id, from: ['sending'], to: 'ending' })
}

/** What a server answered. `again` is when those who are still pending are tried next. */
export interface Settlement {
  readonly id: number
  readonly outcome: 'taken' | 'not_taken' | 'given_up' | 'unknown'
  readonly refused: readonly {
    readonly address: string
    readonly isForNow: boolean
    readonly code: string
    readonly detail: string
  }[]
  readonly againAt: number
  readonly code: string | null
  readonly detail: string | null
}

export function settleSend(writing: Writing, settlement: Settlement): Result<{ state: SendState }, StoreError> {
  return writing.transaction(() => {
    const { statements } = writing
    const { id, outcome, refused, againAt, code, detail } = settlement
    const row = statements.one('SELECT state FROM sends WHERE id = ?', id)
    if (row === undefined) return err(unknownSend(id))
    const state = text(row, 0)
    if (state !== 'sending' && state !== 'ending') return err(wrongState(id, state))
    if (outcome === 'unknown') return ok({ state: close(writing, { id, state: 'unknown', code, detail }) })
    for (const each of refused) {
      statements.run(
        'UPDATE send_recipients SET state = ?, code = ?, detail = ? WHERE send_id = ? AND address = ?',
        each.isForNow && outcome !== 'given_up' ? 'pending' : 'refused',
        each.code,
        each.detail,
        id,
        each.address,
      )
    }
    if (outcome === 'taken') {
      const left = new Set(refused.map(({ address }) => address))
      for (const { address, state: before } of recipientsOf(statements, id)) {
        if (before !== 'pending' || left.has(address)) continue
        statements.run(
          "UPDATE send_recipients SET state = 'taken', code = NULL, detail = NULL WHERE send_id = ? AND address = ?",
          id,
          address,
        )
      }
    }
    return ok({ state: proceed(writing, settlement, againAt) })
  })
}

function proceed(writing: Writing, { id, outcome, code, detail }: Settlement, againAt: number): SendState {
  const { statements } = writing
  const recipients = recipientsOf(statements, id)
  const isPending = recipients.some(({ state }) => state === 'pending')
  const isTaken = recipients.some(({ state }) => state !== 'pending' && state !== 'refused')
  if (isPending && outcome !== 'given_up') {
    statements.run(
      "UPDATE sends SET state = 'waiting', next_try_at = ?, code = ?, detail = ? WHERE id = ?",
      againAt,
      code,
      detail,
      id,
    )
    return 'waiting'
  }
  if (isPending)
    statements.run(
      "UPDATE send_recipients SET state = 'refused', code = 'given_up' WHERE send_id = ? AND state = 'pending'",
      id,
    )
  return close(writing, { id, state: isTaken ? 'sent' : 'failed', code, detail })
}

/** Something else than the server's answer: the next try is put off, with the reason. */
export function noteTrouble(
  writing: Writing,
  { account, code, detail, againAt }: { account: string; code: string; detail: string; againAt: number },
): Result<undefined, StoreError> {
  return writing.transaction(() => {
    writing.statements.run(
      "UPDATE sends SET code = ?, detail = ?, next_try_at = max(next_try_at, ?) WHERE account_id = ? AND state = 'waiting'",
      code,
      detail,
      againAt,
      writing.account(account),
    )
    return ok(undefined)
  })
}

/** What a person or the mailbox says about a message of which nobody knew, or that was held. */
export type Resolution = 'sent' | 'again' | 'failed'

export function resolveSend(
  writing: Writing,
  { id, resolution }: { id: number; resolution: Resolution },
): Result<{ state: SendState }, StoreError> {
  return writing.transaction(() => {
    const { statements, clock } = writing
    const row = statements.one('SELECT state FROM sends WHERE id = ?', id)
    if (row === undefined) return err(unknownSend(id))
    const before = text(row, 0)
    if (before !== 'unknown' && !(before === 'held' && resolution !== 'sent')) return err(wrongState(id, before))
    if (resolution === 'again') {
      statements.run(
        "UPDATE sends SET state = 'waiting', next_try_at = ?, is_scheduled = 0, code = NULL, detail = NULL WHERE id = ?",
        clock.now(),
        id,
      )
      return ok({ state: 'waiting' })
    }
    if (resolution === 'sent') {
      statements.run("UPDATE send_recipients SET state = 'taken' WHERE send_id = ? AND state = 'pending'", id)
    }
    return ok({ state: close(writing, { id, state: resolution, code: null, detail: null }) })
  })
}

/** At start: what was surely not taken waits again; of what was ending, nobody knows. */
export function recoverSends(writing: Writing): Result<{ again: number; unknown: number }, StoreError> {
  return writing.transaction(() => {
    const { statements } = writing
    const again = statements.run("UPDATE sends SET state = 'waiting' WHERE state = 'sending'")
    const unknown = statements.run(
      "UPDATE sends SET state = 'unknown', code = 'interrupted', detail = 'the program ended before the server had answered' WHERE state = 'ending'",
    )
    return ok({ again, unknown })
  })
}

/** The person's own copy is filed: the bytes are no longer needed. */
export function noteCopy(writing: Writing, id: number): Result<undefined, StoreError> {
  return writing.transaction(() => {
    writing.statements.run("UPDATE sends SET copy = 'filed', bytes = NULL WHERE id = ? AND copy = 'wanted'", id)
    return ok(undefined)
  })
}

interface Closing {
  readonly id: number
  readonly state: SendState
  readonly code: string | null
  readonly detail: string | null
}

function close({ statements, clock }: Writing, { id, state, code, detail }: Closing): SendState {
  statements.run(
    'UPDATE sends SET state = ?, code = ?, detail = ?, settled_at = ? WHERE id = ?',
    state,
    code,
    detail,
    clock.now(),
    id,
  )
  if (state === 'sent') {
    statements.run('DELETE FROM drafts WHERE id = (SELECT draft_id FROM sends WHERE id = ?)', id)
    statements.run("UPDATE sends SET bytes = NULL WHERE id = ? AND copy = 'none'", id)
  }
  if (state === 'failed') statements.run("UPDATE sends SET bytes = NULL, copy = 'none' WHERE id = ?", id)
  return state
}

function move(
  writing: Writing,
  { id, from, to }: { id: number; from: readonly SendState[]; to: SendState },
): Result<undefined, StoreError> {
  return writing.transaction(() => {
    const row = writing.statements.one('SELECT state FROM sends WHERE id = ?', id)
    if (row === undefined) return err(unknownSend(id))
    const state = text(row, 0)
    if (!from.some(known => known === state)) return err(wrongState(id, state))
    writing.statements.run('UPDATE sends SET state = ? WHERE id = ?', to, id)
    if (to === 'cancelled') writing.statements.run('UPDATE sends SET bytes = NULL WHERE id = ?', id)
    return ok(undefined)
  })
}

function asState(text: string): SendState {
  const state = SEND_STATES.find(known => known === text)
  if (state === undefined) throw new TypeError('a send in no state')
  return state
}

function unknownSend(id: number): StoreError {
  return storeError('send_unknown', `there is no send s${id}`)
}

function wrongState(id: number, state: string): StoreError {
  return storeError('send_over', `send s${id} is ${state} already`)
}
