import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { err, ok, type Result } from '#base/result.ts'
import { checkToken, mintToken, type TokenRefusal, type TokenRow } from '#gate/index.ts'

/** The agents that a person has let in, each with a token of which only a digest is kept. */
export class Agents {
  readonly #find: StatementSync
  readonly #all: StatementSync
  readonly #add: StatementSync
  readonly #revoke: StatementSync
  readonly #use: StatementSync
  readonly #random: (bytes: number) => Uint8Array

  constructor(database: DatabaseSync, random: (bytes: number) => Uint8Array) {
    this.#random = random
    this.#find = database.prepare('SELECT * FROM agents WHERE id = ?')
    this.#all = database.prepare('SELECT * FROM agents ORDER BY created_at, id')
    this.#add = database.prepare(
      'INSERT INTO agents(id, name, profile, digest, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#revoke = database.prepare('UPDATE agents SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL')
    this.#use = database.prepare('UPDATE agents SET last_used_at = ? WHERE id = ?')
  }

  /** The token, which is shown once and kept nowhere. */
  add(
    given: { readonly name: string; readonly profile: string; readonly expiresAt: number | undefined },
    now: number,
  ): Result<{ readonly agent: Agent; readonly token: string }, 'name_taken'> {
    if (this.list().some(({ name }) => name.toLowerCase() === given.name.toLowerCase())) return err('name_taken')
    const { id, token, digest } = mintToken(this.#random)
    this.#add.run(id, given.name, given.profile, digest, now, given.expiresAt ?? null)
    const agent = { id, ...given, digest, createdAt: now, revokedAt: undefined, lastUsedAt: undefined }
    return ok({ agent, token })
  }

  list(): readonly Agent[] {
    return this.#all.all().map(agentOf)
  }

  /** False when there is none of that name, or it was revoked already. */
  revoke(name: string, now: number): Agent | undefined {
    const agent = this.list().find(each => each.name.toLowerCase() === name.toLowerCase() || each.id === name)
    if (agent === undefined) return undefined
    return this.#revoke.run(now, agent.id).changes === 0 ? undefined : agent
  }

  check(token: string, now: number): Result<Agent, TokenRefusal> {
    const checked = checkToken(token, id => this.find(id), now)
    if (!checked.ok) return checked
    this.#use.run(now, checked.value.id)
    const agent = this.find(checked.value.id)
    return agent === undefined ? err('token_unknown') : ok(agent)
  }

  find(id: string): Agent | undefined {
    const row = this.#find.get(id)
    return row === undefined ? undefined : agentOf(row)
  }
}

export interface Agent extends TokenRow {
  readonly lastUsedAt: number | undefined
}

type Row = Readonly<Record<string, unknown>>

function agentOf(row: Row): Agent {
  return {
    id: String(row.id),
    name: String(row.name),
    profile: String(row.profile),
    digest: String(row.digest),
    createdAt: Number(row.created_at),
    expiresAt: optional(row.expires_at),
    revokedAt: optional(row.revoked_at),
    lastUsedAt: optional(row.last_used_at),
  }
}

function optional(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value)
}
