import { integer, type Statements, text } from './database.ts'
import type { Placement } from './flags.ts'
import type { IncomingLabel, LabelKind } from './incoming.ts'

export interface LabelRow extends Placement {
  readonly id: number
  readonly name: string
}

/** The labels as the writer knows them, and the changes of their counts that it has not written yet. */
export class LabelRows {
  readonly #statements: Statements
  readonly #byKey = new Map<string, LabelRow>()
  readonly #byId = new Map<number, LabelRow>()
  readonly #changes = new Map<number, { total: number; unread: number }>()

  constructor(statements: Statements) {
    this.#statements = statements
  }

  /** Forgets everything: another process wrote, or a transaction was rolled back. */
  clear(): void {
    this.#byKey.clear()
    this.#byId.clear()
    this.#changes.clear()
  }

  ensure(account: number, label: IncomingLabel): LabelRow {
    const cacheKey = `${account} ${label.key}`
    const known = this.#byKey.get(cacheKey) ?? this.#find(account, label.key)
    const name = label.name ?? known?.name ?? label.key
    const role = label.role ?? known?.role ?? null
    if (known !== undefined && known.name === name && known.kind === label.kind && known.role === role) return known
    if (known !== undefined) {
      const { id } = known
      this.#statements.run('UPDATE labels SET name = ?, kind = ?, role = ? WHERE id = ?', name, label.kind, role, id)
      return this.#keep(cacheKey, { id, name, kind: label.kind, role })
    }
    const id = this.#statements.insert(
      'INSERT INTO labels(account_id, key, name, kind, role) VALUES (?, ?, ?, ?, ?)',
      account,
      label.key,
      name,
      label.kind,
      role,
    )
    return this.#keep(cacheKey, { id, name, kind: label.kind, role })
  }

  byId(id: number): LabelRow {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const row = this.#statements.one('SELECT account_id, key, name, kind, role FROM labels WHERE id = ?', id)
    return this.#keep(`${integer(row, 0)} ${text(row, 1)}`, {
      id,
      name: text(row, 2),
      kind: kindOf(text(row, 3)),
      role: row?.[4] === null ? null : text(row, 4),
    })
  }

  count(label: number, total: number, unread: number): void {
    const change = this.#changes.get(label)
    if (change === undefined) this.#changes.set(label, { total, unread })
    else {
      change.total += total
      change.unread += unread
    }
  }

  writeCounts(): void {
    for (const [id, { total, unread }] of this.#changes) {
      if (total === 0 && unread === 0) continue
      this.#statements.run('UPDATE labels SET total = total + ?, unread = unread + ? WHERE id = ?', total, unread, id)
    }
    this.#changes.clear()
  }

  #find(account: number, key: string): LabelRow | undefined {
    const row = this.#statements.one('SELECT id FROM labels WHERE account_id = ? AND key = ?', account, key)
    return row === undefined ? undefined : this.byId(integer(row, 0))
  }

  #keep(cacheKey: string, row: LabelRow): LabelRow {
    this.#byKey.set(cacheKey, row)
    this.#byId.set(row.id, row)
    return row
  }
}

export function kindOf(text: string): LabelKind {
  if (text === 'folder' || text === 'label' || text === 'keyword') return text
  throw new TypeError('a label of unknown kind')
}
