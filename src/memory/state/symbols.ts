import { SYMBOL_KINDS, type SymbolId, type SymbolKind } from '../canonical/record.ts'
import type { BindError } from '../compile/compile-error.ts'
import { next, U64_MAX } from '../integer.ts'
import { IdColumn, IntColumn } from './column.ts'
import { IdIndex } from './id-index.ts'
import type { Journal } from './journal.ts'
import { Names } from './names.ts'

/** Names that one symbol may have beside its canonical one. */
export const aliasesMax = 16

const retiredBit = 1 << 8

/**
 * The symbol table. A symbol has an id and a kind for ever, one canonical name, and the names it had or was given
 * beside; every name, once taken, means one symbol for ever. Operations that refuse change nothing.
 */
export class Symbols {
  readonly ids: IdColumn
  /** Ordinal of the kind, and whether it is retired. */
  readonly traits: IntColumn
  readonly canonical: IntColumn
  readonly names: Names
  readonly byId: IdIndex
  /** Names beside the canonical one, in the order in which they came to be so; a name may repeat. */
  readonly aliases: Map<number, number[]>
  /** The next id; `undefined` once 2^64 - 1 was given out. */
  nextId: SymbolId | undefined
  retired: number
  private readonly journal: Journal

  constructor(journal: Journal, from: Partial<SymbolParts> = {}) {
    this.journal = journal
    this.ids = from.ids ?? new IdColumn()
    this.traits = from.traits ?? new IntColumn()
    this.canonical = from.canonical ?? new IntColumn()
    this.names = from.names ?? new Names()
    this.byId = from.byId ?? new IdIndex()
    this.aliases = from.aliases ?? new Map()
    this.nextId = 'nextId' in from ? from.nextId : 0
    this.retired = from.retired ?? 0
  }

  get size(): number {
    return this.ids.length
  }

  /** Entries count from 0 in the order of allocation in the log; -1 for an unknown name. */
  entryOf(name: string): number {
    const found = this.names.find(name)
    return found < 0 ? -1 : this.names.owner.get(found)
  }

  idOf(name: string): SymbolId | undefined {
    const entry = this.entryOf(name)
    return entry < 0 ? undefined : this.ids.get(entry)
  }

  idAt(entry: number): SymbolId {
    return this.ids.get(entry)
  }

  kindAt(entry: number): SymbolKind {
    return SYMBOL_KINDS[this.traits.get(entry) & 0xff] ?? 'Literal'
  }

  /** The canonical name. */
  nameAt(entry: number): string {
    return this.names.text(this.canonical.get(entry))
  }

  aliasesAt(entry: number): string[] {
    return (this.aliases.get(entry) ?? []).map(name => this.names.text(name))
  }

  isRetiredAt(entry: number): boolean {
    return (this.traits.get(entry) & retiredBit) !== 0
  }

  nameOf(id: SymbolId): string | undefined {
    const entry = this.byId.get(id)
    return entry < 0 ? undefined : this.nameAt(entry)
  }

  kindOf(id: SymbolId): SymbolKind | undefined {
    const entry = this.byId.get(id)
    return entry < 0 ? undefined : this.kindAt(entry)
  }

  isRetired(id: SymbolId): boolean {
    if (this.retired === 0) return false
    const entry = this.byId.get(id)
    return entry >= 0 && this.isRetiredAt(entry)
  }

  /** Gives the next id to a name that nobody has. */
  allocate(name: string, kind: SymbolKind): SymbolId | BindError {
    const id = this.nextId
    if (id === undefined) return { code: 'SymbolIdsExhausted' }
    return this.allocateAs(id, name, kind) ?? id
  }

  /** Takes an allocation from the log. */
  allocateAs(id: SymbolId, name: string, kind: SymbolKind): BindError | undefined {
    if (this.byId.get(id) >= 0 || this.names.find(name) >= 0) return { code: 'SymbolRenameConflict', name }
    const entry = this.ids.push(id)
    this.traits.push(SYMBOL_KINDS.indexOf(kind))
    this.canonical.push(this.names.add(name, entry))
    this.byId.set(id, entry, this.journal)
    if (this.nextId !== undefined && id >= this.nextId) this.nextId = id === U64_MAX ? undefined : next(id)
    return undefined
  }

  /** Makes `name` the canonical one; the old one stays an alias. */
  rename(entry: number, name: string): BindError | undefined {
    const found = this.names.find(name)
    if (found >= 0 && this.names.owner.get(found) !== entry) return { code: 'SymbolRenameConflict', name }
    const canonical = this.canonical.get(entry)
    if (canonical === found) return undefined
    this.addAlias(entry, canonical)
    this.journal.put(this.canonical, entry, found >= 0 ? found : this.names.add(name, entry))
    return undefined
  }

  /** Gives a symbol one more name. */
  alias(entry: number, name: string): BindError | undefined {
    const found = this.names.find(name)
    if (found >= 0 && this.names.owner.get(found) !== entry) return { code: 'SymbolRenameConflict', name }
    if (found >= 0) return undefined
    if (this.hasAliasesFull(entry)) return { code: 'AliasChainLengthExceeded', name, limit: aliasesMax }
    this.addAlias(entry, this.names.add(name, entry))
    return undefined
  }

  hasAliasesFull(entry: number): boolean {
    return (this.aliases.get(entry)?.length ?? 0) >= aliasesMax
  }

  /** Retired symbols can still be written with; reads leave out what speaks of them. */
  retire(entry: number): void {
    const traits = this.traits.get(entry)
    if ((traits & retiredBit) !== 0) return
    this.journal.put(this.traits, entry, traits | retiredBit)
    this.retired++
  }

  mark(): SymbolMark {
    return {
      size: this.size,
      names: this.names.length,
      near: this.byId.near.length,
      nextId: this.nextId,
      retired: this.retired,
    }
  }

  cut(mark: SymbolMark): void {
    this.ids.cut(mark.size)
    this.traits.cut(mark.size)
    this.canonical.cut(mark.size)
    this.names.cut(mark.names)
    this.byId.near.cut(mark.near)
    this.nextId = mark.nextId
    this.retired = mark.retired
  }

  private addAlias(entry: number, name: number): void {
    const list = this.aliases.get(entry) ?? []
    list.push(name)
    this.aliases.set(entry, list)
    this.journal.undo(() => list.pop())
  }
}

export interface SymbolParts {
  readonly ids: IdColumn
  readonly traits: IntColumn
  readonly canonical: IntColumn
  readonly names: Names
  readonly byId: IdIndex
  readonly aliases: Map<number, number[]>
  readonly nextId: SymbolId | undefined
  readonly retired: number
}

export interface SymbolMark {
  readonly size: number
  readonly names: number
  readonly near: number
  readonly nextId: SymbolId | undefined
  readonly retired: number
}
