import { nearest } from '#base/nearest.ts'
import { integer, type Statements, text } from '../../store/database.ts'
import { foldWord } from '../../store/folding.ts'

export interface NamedLabel {
  readonly id: number
  readonly role: string | null
  readonly total: number
}

interface LabelRow extends NamedLabel {
  readonly account: number
  readonly key: string
  readonly name: string
  readonly kind: string
}

/** The accounts that a search may see: all, or only those that the gate allows. */
export type Scope = readonly string[] | undefined

const piecesMax = 100

/** What the names in a query stand for in this store, within the scope. */
export class Names {
  readonly #statements: Statements
  readonly #scope: Scope
  #labels: LabelRow[] | undefined
  #accounts: { id: number; name: string }[] | undefined

  constructor(statements: Statements, scope: Scope) {
    this.#statements = statements
    this.#scope = scope
  }

  /** The accounts in scope. */
  accounts(): number[] {
    return this.#allAccounts()
      .filter(({ name }) => this.#scope?.includes(name) ?? true)
      .map(({ id }) => id)
  }

  get seesAll(): boolean {
    return this.#scope === undefined
  }

  account(name: string): number | undefined {
    const ids = this.accounts()
    const wanted = foldWord(name)
    return this.#allAccounts().find(account => foldWord(account.name) === wanted && ids.includes(account.id))?.id
  }

  nearestAccount(name: string): string | undefined {
    const ids = this.accounts()
    return nearest(
      name,
      this.#allAccounts()
        .filter(({ id }) => ids.includes(id))
        .map(account => account.name),
    )
  }

  /** By the name that a person sees or the provider's own; blanks and slashes may be written as hyphens. */
  labels(name: string): NamedLabel[] {
    const wanted = labelForm(name)
    return this.#allLabels().filter(label => labelForm(label.name) === wanted || labelForm(label.key) === wanted)
  }

  keywords(name: string): NamedLabel[] {
    return this.#allLabels().filter(label => label.kind === 'keyword' && foldWord(label.key) === foldWord(name))
  }

  labelsByRole(...roles: string[]): NamedLabel[] {
    return this.#allLabels().filter(({ role }) => role !== null && roles.includes(role))
  }

  /** Labels that a person gave: neither places with a meaning of their own nor keywords. */
  userLabels(): NamedLabel[] {
    return this.#allLabels().filter(
      ({ kind, role, key }) => kind === 'label' && role === null && !/^CATEGORY_/.test(key),
    )
  }

  nearestLabel(name: string): string | undefined {
    return nearest(
      name,
      this.#allLabels().map(label => label.name),
    )
  }

  ownAddresses(): string[] {
    const ids = this.accounts()
    return this.#statements
      .all(
        'SELECT address FROM account_addresses WHERE account_id IN (SELECT value FROM json_each(?))',
        JSON.stringify(ids),
      )
      .map(row => text(row, 0))
  }

  /** Words of subjects, names and file names that hold this piece. */
  wordsHolding(piece: string): { words: string[]; areAll: boolean } {
    const folded = foldWord(piece)
    const grams = Array.from({ length: Math.max(0, folded.length - 2) }, (_, at) => folded.slice(at, at + 3))
    if (grams.length === 0) return { words: [], areAll: true }
    const match = [...new Set(grams)].map(gram => `"${gram.replaceAll('"', '""')}"`).join(' AND ')
    const rows = this.#statements.all(
      `SELECT w.word FROM word_pieces p CROSS JOIN words w ON w.id = p.rowid
       WHERE p.word_pieces MATCH ? AND instr(w.word, ?) > 0 LIMIT ${piecesMax + 1}`,
      match,
      folded,
    )
    return { words: rows.slice(0, piecesMax).map(row => text(row, 0)), areAll: rows.length <= piecesMax }
  }

  #allAccounts(): { id: number; name: string }[] {
    this.#accounts ??= this.#statements
      .all('SELECT id, name FROM accounts')
      .map(row => ({ id: integer(row, 0), name: text(row, 1) }))
    return this.#accounts
  }

  #allLabels(): LabelRow[] {
    if (this.#labels !== undefined) return this.#labels
    const ids = this.accounts()
    const rows = this.#statements.all('SELECT id, role, total, account_id, key, name, kind FROM labels')
    this.#labels = rows
      .map(row => ({
        id: integer(row, 0),
        role: row[1] === null ? null : text(row, 1),
        total: integer(row, 2),
        account: integer(row, 3),
        key: text(row, 4),
        name: text(row, 5),
        kind: text(row, 6),
      }))
      .filter(({ account }) => ids.includes(account))
    return this.#labels
  }
}

function labelForm(name: string): string {
  return foldWord(name).replace(/[\s/]+/gu, '-')
}
