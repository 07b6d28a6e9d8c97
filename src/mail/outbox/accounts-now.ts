import { integer, text } from '../store/database.ts'
import type { MessageId } from '../store/ids.ts'
import type { IncomingLabel } from '../store/incoming.ts'
import { kindOf } from '../store/label-rows.ts'
import type { Writing } from '../store/writing.ts'
import type { AccountLabels, Delivered, KnownLabel } from './targets.ts'

/** The accounts of the messages of one transaction. */
export class AccountsNow {
  readonly #writing: Writing
  readonly #known = new Map<number, AccountLabels>()

  readonly #mayMake: boolean

  /** @param mayMake false for a rehearsal: a label that would be made has the number 0 then */
  constructor(writing: Writing, mayMake = true) {
    this.#writing = writing
    this.#mayMake = mayMake
  }

  of(id: MessageId): { readonly number: number; readonly known: AccountLabels } | undefined {
    const row = this.#writing.statements.one('SELECT account_id FROM messages WHERE id = ?', id)
    if (row === undefined) return undefined
    const number = integer(row, 0)
    return { number, known: this.#labels(number) }
  }

  #labels(account: number): AccountLabels {
    const known = this.#known.get(account)
    if (known !== undefined) return known
    const { statements } = this.#writing
    const delivery = text(statements.one('SELECT delivery FROM accounts WHERE id = ?', account), 0)
    const rows = statements.all(
      'SELECT id, key, name, kind, role FROM labels WHERE account_id = ? ORDER BY id',
      account,
    )
    const labels: KnownLabel[] = rows.map(row => ({
      id: integer(row, 0),
      key: text(row, 1),
      name: text(row, 2),
      kind: kindOf(text(row, 3)),
      role: row[4] === null ? null : text(row, 4),
    }))
    const found: AccountLabels = {
      delivery: deliveredFrom(delivery),
      labels,
      make: label => {
        const made = this.#make(account, label)
        labels.push(made)
        return made
      },
    }
    this.#known.set(account, found)
    return found
  }

  #make(account: number, label: IncomingLabel): KnownLabel {
    const { key } = label
    if (!this.#mayMake) return { id: 0, key, name: label.name ?? key, kind: label.kind, role: label.role ?? null }
    const { id, name, kind, role } = this.#writing.labels.ensure(account, label)
    return { id, key, name, kind, role }
  }
}

export function deliveredFrom(value: string): Delivered {
  return value === 'folders' || value === 'labels' ? value : 'none'
}
