import type { DatabaseSync, StatementSync } from 'node:sqlite'
import {
  type ActivityDetails,
  type ActivityEntry,
  type ActivityFault,
  activitySaltBytes,
  chainStart,
  retentionDays,
  sealActivity,
  type Tier,
  verifyChain,
} from '#gate/index.ts'

const dayMs = 24 * 3_600_000
/** Identifiers in one entry; the rest is a number. */
const targetsMax = 50

export interface Looked extends ActivityEntry {
  readonly parsed: (ActivityDetails & { readonly salt: string }) | undefined
}

export interface ActivityFilter {
  /** Of this agent's token only. */
  readonly agent?: string | undefined
  readonly before?: number | undefined
  readonly limit: number
  readonly action?: string | undefined
  readonly verdict?: string | undefined
}

/** The chained record of what was asked, decided and done, by whomever. Written before an effect is answered. */
export class ActivityLog {
  readonly #insert: StatementSync
  readonly #head: StatementSync
  readonly #keepHead: StatementSync
  readonly #expire: StatementSync
  readonly #redact: StatementSync
  readonly #database: DatabaseSync
  readonly #random: (bytes: number) => Uint8Array

  constructor(database: DatabaseSync, random: (bytes: number) => Uint8Array) {
    this.#database = database
    this.#random = random
    this.#insert = database.prepare(
      'INSERT INTO activity(seq, at, tier, agent, origin, action, verdict, details, details_digest, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#head = database.prepare('SELECT seq, hash FROM activity ORDER BY seq DESC LIMIT 1')
    this.#keepHead = database.prepare("INSERT OR REPLACE INTO secrets(name, value) VALUES ('activity_head', ?)")
    const gone = 'details = NULL, agent = NULL, origin = NULL, action = NULL, verdict = NULL'
    this.#expire = database.prepare(`UPDATE activity SET ${gone} WHERE details IS NOT NULL AND tier = ? AND at < ?`)
    this.#redact = database.prepare(`UPDATE activity SET ${gone} WHERE details IS NOT NULL AND seq = ?`)
  }

  record(given: ActivityDetails, tier: Tier, at: number): number {
    const targets = given.targets.slice(0, targetsMax)
    const counts = { ...given.counts, ...(given.targets.length > targetsMax ? { targets: given.targets.length } : {}) }
    const details = { ...given, targets, counts }
    const entry = sealActivity(this.head(), { at, tier, details, salt: this.#random(activitySaltBytes) })
    const { seq, detailsDigest, hash } = entry
    // What matters survives the machine's crash, the rest that of the process.
    if (tier === 'important') this.#database.exec('PRAGMA synchronous = full')
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const { actor, origin, action, verdict } = details
      this.#insert.run(seq, at, tier, actor, origin, action, verdict, entry.details ?? null, detailsDigest, hash)
      this.#keepHead.run(JSON.stringify({ seq, hash }))
      this.#database.exec('COMMIT')
    } catch (thrown) {
      // A full disk has rolled it back already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw thrown
    } finally {
      this.#database.exec('PRAGMA synchronous = normal')
    }
    return seq
  }

  head(): { readonly seq: number; readonly hash: string } {
    const row = this.#head.get()
    return row === undefined ? { seq: 0, hash: chainStart } : { seq: Number(row.seq), hash: String(row.hash) }
  }

  list({ agent, before, limit, action, verdict }: ActivityFilter): readonly Looked[] {
    const conditions = ['seq < ?']
    const values: (string | number)[] = [before ?? Number.MAX_SAFE_INTEGER]
    for (const [column, value] of Object.entries({ agent, action, verdict })) {
      if (value === undefined) continue
      conditions.push(`${column} = ?`)
      values.push(value)
    }
    const sql = `SELECT * FROM activity WHERE ${conditions.join(' AND ')} ORDER BY seq DESC LIMIT ?`
    return this.#database
      .prepare(sql)
      .all(...values, limit)
      .map(entryOf)
  }

  /** Follows the chain from its start to what was kept of its newest entry. */
  verify(): { readonly fault: ActivityFault | undefined; readonly seq: number; readonly hash: string } {
    const row = this.#database.prepare("SELECT value FROM secrets WHERE name = 'activity_head'").get()
    const kept: unknown = row === undefined ? undefined : JSON.parse(String(row.value))
    const head = isHead(kept) ? kept : undefined
    const rows = this.#database.prepare('SELECT * FROM activity ORDER BY seq').iterate()
    return verifyChain(entries(rows), undefined, head)
  }

  /** Takes away details whose time is over; the chain stays whole. How many. */
  expire(now: number): number {
    return Object.entries(retentionDays).reduce(
      (gone, [tier, days]) => gone + Number(this.#expire.run(tier, now - days * dayMs).changes),
      0,
    )
  }

  /** Takes the details of one entry away; false when they are gone already. */
  redact(seq: number): boolean {
    return Number(this.#redact.run(seq).changes) > 0
  }
}

type Row = Readonly<Record<string, unknown>>

function* entries(rows: Iterable<Row>): Iterable<ActivityEntry> {
  for (const row of rows) yield entryOf(row)
}

function entryOf(row: Row): Looked {
  const details = row.details === null ? undefined : String(row.details)
  return {
    seq: Number(row.seq),
    at: Number(row.at),
    tier: tierOf(String(row.tier)),
    details,
    detailsDigest: String(row.details_digest),
    hash: String(row.hash),
    parsed: details === undefined ? undefined : parsedOf(details),
  }
}

/** What was changed by hand need not be JSON any more: it is shown as missing, and `verify` names it. */
function parsedOf(details: string): Looked['parsed'] {
  try {
    return JSON.parse(details)
  } catch {
    return undefined
  }
}

function tierOf(tier: string): Tier {
  return tier === 'important' || tier === 'standard' ? tier : 'ephemeral'
}

function isHead(value: unknown): value is { readonly seq: number; readonly hash: string } {
  return typeof value === 'object' && value !== null && 'seq' in value && 'hash' in value
}
