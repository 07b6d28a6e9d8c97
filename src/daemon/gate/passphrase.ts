import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { err, ok, type Result } from '#base/result.ts'
import {
  afterWrongTry,
  hashPassphrase,
  matchesPassphrase,
  nextTryAt,
  noTries,
  type PassphraseRow,
  passphraseSaltBytes,
  type Tries,
} from '#gate/index.ts'

export type PassphraseRefusal =
  | { readonly code: 'passphrase_unset' }
  | { readonly code: 'passphrase_wrong' }
  | { readonly code: 'passphrase_wait'; readonly retryAfterMs: number }

/** The person's passphrase: set once, changed only by who knows it, ever slower to guess. */
export class Passphrase {
  readonly #get: StatementSync
  readonly #set: StatementSync
  readonly #random: (bytes: number) => Uint8Array

  constructor(database: DatabaseSync, random: (bytes: number) => Uint8Array) {
    this.#random = random
    this.#get = database.prepare('SELECT value FROM secrets WHERE name = ?')
    this.#set = database.prepare('INSERT OR REPLACE INTO secrets(name, value) VALUES (?, ?)')
  }

  get isSet(): boolean {
    return this.#get.get('passphrase') !== undefined
  }

  /** Sets the first one, or another for whoever knows `current`. */
  set(next: string, current: string | undefined, now: number): Result<undefined, PassphraseRefusal> {
    if (this.isSet) {
      const checked = this.check(current ?? '', now)
      if (!checked.ok) return checked
    }
    const row = hashPassphrase(next, this.#random(passphraseSaltBytes))
    this.#keep('passphrase', {
      salt: Buffer.from(row.salt).toString('base64'),
      hash: Buffer.from(row.hash).toString('base64'),
      cost: row.cost,
    })
    this.#keep('tries', noTries)
    return ok(undefined)
  }

  check(passphrase: string, now: number): Result<undefined, PassphraseRefusal> {
    const row = this.#row()
    if (row === undefined) return err({ code: 'passphrase_unset' })
    const tries = this.#tries()
    const next = nextTryAt(tries, now)
    if (next > now) return err({ code: 'passphrase_wait', retryAfterMs: next - now })
    // Counted before it is looked at: a daemon that is killed meanwhile has still used the try.
    this.#keep('tries', afterWrongTry(tries, now))
    if (!matchesPassphrase(passphrase, row)) return err({ code: 'passphrase_wrong' })
    this.#keep('tries', noTries)
    return ok(undefined)
  }

  #row(): PassphraseRow | undefined {
    const kept = this.#kept('passphrase')
    if (kept === undefined) return undefined
    const { salt, hash, cost } = kept
    return { salt: Buffer.from(String(salt), 'base64'), hash: Buffer.from(String(hash), 'base64'), cost: Number(cost) }
  }

  #tries(): Tries {
    const kept = this.#kept('tries')
    return kept === undefined ? noTries : { failures: Number(kept.failures), lastAt: Number(kept.lastAt) }
  }

  #kept(name: string): Readonly<Record<string, unknown>> | undefined {
    const row = this.#get.get(name)
    return row === undefined ? undefined : JSON.parse(String(row.value))
  }

  #keep(name: string, value: object): void {
    this.#set.run(name, JSON.stringify(value))
  }
}
