import type { LogRecord, SymbolId, SymbolKind } from '../canonical/record.ts'

export interface ListedSymbol {
  readonly id: SymbolId
  readonly name: string
  readonly kind: SymbolKind
  readonly isRetired: boolean
  /** Other names that still resolve to it, oldest first; a name may stand there twice. */
  readonly aliases: readonly string[]
}

/** Names, kinds, aliases and retirements as a sequence of records leaves them: for showing, not for binding. */
export class SymbolList {
  readonly #symbols = new Map<SymbolId, Entry>()

  static of(records: Iterable<LogRecord>): SymbolList {
    const list = new SymbolList()
    for (const record of records) list.apply(record)
    return list
  }

  apply(record: LogRecord): void {
    switch (record.type) {
      case 'symbol_alloc':
        this.#symbols.set(record.symbol, {
          id: record.symbol,
          name: record.name,
          kind: record.kind,
          isRetired: false,
          aliases: [],
        })
        break
      case 'symbol_rename': {
        const entry = this.#symbols.get(record.symbol)
        if (entry === undefined) return
        if (entry.name !== record.name) entry.aliases.push(entry.name)
        entry.name = record.name
        break
      }
      case 'symbol_alias':
        this.#symbols.get(record.symbol)?.aliases.push(record.name)
        break
      case 'symbol_retire': {
        const entry = this.#symbols.get(record.symbol)
        if (entry !== undefined) entry.isRetired = true
        break
      }
      default: // the log has a record for taking a retirement back, but no reader acts on it
        break
    }
  }

  get(id: SymbolId): ListedSymbol | undefined {
    return this.#symbols.get(id)
  }

  get size(): number {
    return this.#symbols.size
  }

  /** In the byte order of their names: the same list in every locale. */
  sorted(): ListedSymbol[] {
    return [...this.#symbols.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  }
}

interface Entry extends ListedSymbol {
  name: string
  isRetired: boolean
  readonly aliases: string[]
}
