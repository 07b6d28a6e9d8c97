import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Staged, StagedState, StageReason } from '#gate/index.ts'
import { stagedMs } from '#gate/index.ts'

/** A request that waits for a person, as it would be carried out, with what the person is shown of it. */
export interface StagedRequest extends Staged {
  readonly agent: string | undefined
  readonly profile: string | undefined
  readonly request: string
  readonly params: Readonly<Record<string, unknown>>
  readonly reasons: readonly StageReason[]
  readonly shown: Shown
  readonly decidedAt: number | undefined
  /** What came of it, once it was carried out: identifiers and counts. */
  readonly result: string | undefined
}

/** All that a person needs to say yes or no, in full; text of strangers included, so it is cleaned before a terminal. */
export interface Shown {
  readonly title: string
  readonly account: string | undefined
  readonly lines: readonly { readonly name: string; readonly value: string }[]
  /** The text that would leave. */
  readonly body: string | undefined
}

export interface NewStaged {
  readonly id: string
  readonly digest: string
  readonly agent: string | undefined
  readonly profile: string | undefined
  readonly session: string
  readonly request: string
  readonly params: Readonly<Record<string, unknown>>
  readonly reasons: readonly StageReason[]
  readonly shown: Shown
}

/** How many may wait for a person from one agent: beyond that nobody reads them. */
export const waitingMax = 50

export class Staging {
  readonly #insert: StatementSync
  readonly #find: StatementSync
  readonly #same: StatementSync
  readonly #list: StatementSync
  readonly #waiting: StatementSync
  readonly #move: StatementSync
  readonly #expire: StatementSync

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      `INSERT INTO staged(id, digest, state, agent, profile, session, request, params, reasons, shown, created_at, expires_at)
       VALUES (?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#find = database.prepare('SELECT * FROM staged WHERE id = ?')
    this.#same = database.prepare(
      "SELECT * FROM staged WHERE digest = ? AND session = ? AND state IN ('waiting', 'approved') AND expires_at > ?",
    )
    this.#list = database.prepare(
      "SELECT * FROM staged WHERE (? = 'all' OR state = ?) AND (? IS NULL OR session = ?) ORDER BY created_at DESC LIMIT ?",
    )
    this.#waiting = database.prepare("SELECT count(*) AS waiting FROM staged WHERE session = ? AND state = 'waiting'")
    this.#move = database.prepare(
      'UPDATE staged SET state = ?, decided_at = coalesce(decided_at, ?), result = ? WHERE id = ? AND state = ?',
    )
    this.#expire = database.prepare(
      "UPDATE staged SET state = 'expired' WHERE state IN ('waiting', 'approved') AND expires_at <= ?",
    )
  }

  /** The same thing asked for again waits once. Undefined when too much waits already. */
  add(given: NewStaged, now: number): StagedRequest | undefined {
    this.expire(now)
    const same = this.#same.get(given.digest, given.session, now)
    if (same !== undefined) return stagedOf(same)
    if (Number(this.#waiting.get(given.session)?.waiting ?? 0) >= waitingMax) return undefined
    this.#insert.run(
      given.id,
      given.digest,
      given.agent ?? null,
      given.profile ?? null,
      given.session,
      given.request,
      JSON.stringify(given.params),
      JSON.stringify(given.reasons),
      JSON.stringify(given.shown),
      now,
      now + stagedMs,
    )
    return this.find(given.id)
  }

  find(id: string): StagedRequest | undefined {
    const row = this.#find.get(id)
    return row === undefined ? undefined : stagedOf(row)
  }

  /** What was approved of exactly this, for whoever asked for it. */
  approved(digest: string, session: string, now: number): StagedRequest | undefined {
    const row = this.#same.get(digest, session, now)
    return row?.state === 'approved' ? stagedOf(row) : undefined
  }

  list(state: StagedState | 'all', session: string | undefined, limit: number): readonly StagedRequest[] {
    return this.#list.all(state, state, session ?? null, session ?? null, limit).map(stagedOf)
  }

  /** False when it was not in that state any more: somebody else decided first. */
  move(id: string, from: StagedState, to: StagedState, { now, result }: { now: number; result?: string }): boolean {
    return Number(this.#move.run(to, now, result ?? null, id, from).changes) === 1
  }

  expire(now: number): void {
    this.#expire.run(now)
  }
}

type Row = Readonly<Record<string, unknown>>

function stagedOf(row: Row): StagedRequest {
  return {
    id: String(row.id),
    digest: String(row.digest),
    state: String(row.state) as StagedState,
    agent: text(row.agent),
    profile: text(row.profile),
    request: String(row.request),
    params: JSON.parse(String(row.params)),
    reasons: JSON.parse(String(row.reasons)),
    shown: JSON.parse(String(row.shown)),
    result: text(row.result),
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
    decidedAt: row.decided_at === null ? undefined : Number(row.decided_at),
  }
}

function text(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : String(value)
}
