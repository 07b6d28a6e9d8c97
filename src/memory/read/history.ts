import type {
  CheckpointRecord,
  EpisodeMetaRecord,
  FlagRecord,
  LogRecord,
  MemoryRecord,
  SymbolId,
  SymbolRecord,
  Value,
} from '../canonical/record.ts'
import { sourceRule } from '../compile/source.ts'
import { normal, type U64, U64_MAX } from '../integer.ts'
import { civilTime } from './civil.ts'
import { type RenderError, type Rendered, renderMemory, renderOperation, type SymbolLookup } from './render.ts'

/**
 * A log as the batches that would write it again. Forms stand with the names that symbols had at the time, renames
 * and retirements in their places, and each batch with its clock: committed in order to an empty log, the text gives
 * the same records, times, ids, episodes and edges included.
 */

export interface HistoryBatch {
  readonly episode: SymbolId
  readonly at: U64
  readonly forms: readonly string[]
  /** What no form writes: a damaged log, or one of another program. Nothing of it is in `forms`. */
  readonly unwritable: readonly RenderError[]
}

const title = '; postern memory history 1'
const batchLine = /^; batch (0|[1-9][0-9]{0,19})(?: .*)?$/

/** Batches in the order of the log; records behind the last checkpoint are not committed and not in it. */
export function* history(records: Iterable<LogRecord>): Generator<HistoryBatch> {
  const symbols: Symbols = new Map()
  let batch: LogRecord[] = []
  for (const record of records) {
    if (record.type !== 'checkpoint') {
      batch.push(record)
      continue
    }
    yield new BatchWriter(record, symbols).write(batch)
    batch = []
  }
}

/** The text of a history, title and batch lines included, in pieces. */
export function* historyText(batches: Iterable<HistoryBatch>): Generator<string> {
  yield `${title}\n`
  for (const { at, forms, unwritable } of batches) {
    const lost = unwritable.map(({ code, symbol, slot }) => `; ${code} #${symbol} in ${slot}`)
    yield `\n${[`; batch ${at} ${civilTime(at)}`, ...forms, ...lost].join('\n')}\n`
  }
}

/**
 * The batches of such a text, or undefined when it is not one: then it is a single batch. Only the title makes a
 * history of a text, so that no comment inside a batch that somebody else wrote can divide it.
 */
export function historyBlocks(text: string): readonly { readonly at: U64; readonly input: string }[] | undefined {
  const [first, ...lines] = text.split(/\r?\n/) // an editor may have changed the line ends
  if (first !== title) return undefined
  const blocks: { at: U64; lines: string[] }[] = []
  for (const line of lines) {
    const at = batchLine.exec(line)?.[1]
    if (at !== undefined && BigInt(at) < U64_MAX) blocks.push({ at: normal(BigInt(at)), lines: [] })
    else blocks.at(-1)?.lines.push(line)
  }
  return blocks.map(({ at, lines }) => ({ at, input: lines.join('\n') }))
}

/** Of forms behind a rename: enough for any batch of an agent, and linear for a log that was made to be slow. */
const lookAheadMax = 256

type Symbols = Map<SymbolId, { readonly name: string; readonly kind: SymbolRecord['kind'] }>
type Form = MemoryRecord | FlagRecord

/**
 * Puts the forms of a batch back in order. The log has what binding did first (allocations, renames, retirements) and
 * then what each form wrote; a form belongs where the first symbol stands that it alone can have allocated.
 */
class BatchWriter {
  readonly #checkpoint: CheckpointRecord
  readonly #symbols: Symbols
  readonly #lookup: SymbolLookup
  readonly #forms: string[] = []
  readonly #unwritable: RenderError[] = []
  /** The forms that still have to be written begin at `#next`. */
  readonly #left: Form[] = []
  #next = 0
  /** The first form that mentions a symbol. */
  readonly #mentions = new Map<SymbolId, number>()
  /** Symbols of this batch that no form before `#next` mentions. */
  readonly #waiting = new Set<SymbolId>()
  #meta: EpisodeMetaRecord | undefined

  constructor(checkpoint: CheckpointRecord, symbols: Symbols) {
    this.#checkpoint = checkpoint
    this.#symbols = symbols
    this.#lookup = id => symbols.get(id)
  }

  write(records: readonly LogRecord[]): HistoryBatch {
    const journal = this.#sort(records)
    for (const record of journal) if (isAllocation(record)) this.#waiting.add(record.symbol)
    if (this.#meta !== undefined && !symbolsOf(this.#meta).some(id => this.#waiting.has(id))) this.#writeMeta()
    for (const record of journal) {
      if (!isAllocation(record)) this.#writeOperation(record)
      else if (this.#waiting.has(record.symbol)) this.#writeIntroduction(record)
    }
    this.#writeUpTo(this.#left.length)
    if (this.#meta !== undefined) this.#writeMeta()
    return {
      episode: this.#checkpoint.episode,
      at: this.#checkpoint.at,
      forms: this.#forms,
      unwritable: this.#unwritable,
    }
  }

  /** What binding did, in order; forms and metadata are put aside. Every symbol is in the table from here on. */
  #sort(records: readonly LogRecord[]): SymbolRecord[] {
    const own = new Set<SymbolId>([this.#checkpoint.episode])
    const journal: SymbolRecord[] = []
    for (const record of records) {
      switch (record.type) {
        case 'sem':
        case 'epi':
        case 'pro':
        case 'inf':
          own.add(record.memory)
          this.#addForm(record)
          break
        case 'pin':
        case 'unpin':
        case 'authoritative_set':
        case 'authoritative_clear':
          this.#addForm(record)
          break
        case 'episode_meta':
          this.#meta = record
          break
        case 'symbol_alloc':
          this.#symbols.set(record.symbol, { name: record.name, kind: record.kind })
          journal.push(record)
          break
        case 'symbol_rename':
        case 'symbol_alias':
        case 'symbol_retire':
          journal.push(record)
          break
        case 'symbol_unretire':
          this.#unwritable.push({ code: 'symbol_unwritable', symbol: record.symbol, slot: record.type })
          break
        case 'corrects':
        case 'reconfirms':
          this.#unwritable.push({ code: 'symbol_unwritable', symbol: record.from, slot: record.type })
          break
        default: // the other edges follow from the forms
          break
      }
    }
    return journal.filter(record => !(isAllocation(record) && own.has(record.symbol)))
  }

  #addForm(form: Form): void {
    const index = this.#left.push(form) - 1
    for (const id of symbolsOf(form)) if (!this.#mentions.has(id)) this.#mentions.set(id, index)
  }

  #writeIntroduction({ symbol, kind }: SymbolRecord): void {
    if (this.#meta !== undefined && symbolsOf(this.#meta).includes(symbol)) {
      this.#writeMeta()
      return
    }
    const index = this.#mentions.get(symbol)
    if (index !== undefined) {
      this.#writeUpTo(index + 1)
      return
    }
    const name = this.#lookup(symbol)?.name ?? ''
    // Nothing but an alias of a name to itself allocates a symbol that no record mentions.
    const alias = renderOperation({ type: 'symbol_alias', symbol, name, kind, at: this.#checkpoint.at }, this.#lookup)
    if (kind === 'Literal' && alias !== undefined) this.#take(alias)
    else this.#unwritable.push({ code: 'symbol_unwritable', symbol, slot: 'alloc' })
  }

  #writeOperation(record: SymbolRecord): void {
    if (record.type === 'symbol_rename') this.#writeUpTo(this.#endOfFormsBefore(record))
    const rendered = renderOperation(record, this.#lookup)
    if (rendered !== undefined) this.#take(rendered)
    const symbol = this.#symbols.get(record.symbol)
    if (record.type === 'symbol_rename' && symbol !== undefined) {
      this.#symbols.set(record.symbol, { ...symbol, name: record.name })
    }
  }

  /**
   * What a source may ground depends on its name at the form. Forms that introduce nothing could stand on either side
   * of a rename; those that the new name would not let through stood before it.
   */
  #endOfFormsBefore({ symbol, name }: SymbolRecord): number {
    let end = this.#next
    for (let index = this.#next; index < this.#next + lookAheadMax; index++) {
      const form = this.#left[index]
      if (form === undefined || symbolsOf(form).some(id => this.#waiting.has(id))) break
      if (isMemory(form) && form.type !== 'inf' && form.source === symbol && !isGrounded(form, name)) end = index + 1
    }
    return end
  }

  #writeMeta(): void {
    const meta = this.#meta
    this.#meta = undefined
    if (meta === undefined) return
    for (const id of symbolsOf(meta)) this.#waiting.delete(id)
    const rendered = renderOperation(meta, this.#lookup)
    if (rendered !== undefined) this.#take(rendered)
  }

  #writeUpTo(end: number): void {
    for (; this.#next < end; this.#next++) {
      const form = this.#left[this.#next]
      if (form === undefined) return
      for (const id of symbolsOf(form)) this.#waiting.delete(id)
      const rendered = isMemory(form) ? renderMemory(form, this.#lookup) : renderOperation(form, this.#lookup)
      if (rendered !== undefined) this.#take(rendered)
    }
  }

  #take(rendered: Rendered): void {
    if (rendered.ok) this.#forms.push(rendered.value)
    else this.#unwritable.push(rendered.error)
  }
}

function isMemory(form: Form): form is MemoryRecord {
  return form.type === 'sem' || form.type === 'epi' || form.type === 'pro' || form.type === 'inf'
}

const memoryKinds = { sem: 'Semantic', epi: 'Episodic', pro: 'Procedural' } as const

function isGrounded(form: Exclude<MemoryRecord, { type: 'inf' }>, sourceName: string): boolean {
  const { admits, bound } = sourceRule(sourceName)
  return admits.includes(memoryKinds[form.type]) && form.confidence <= bound
}

function isAllocation({ type }: SymbolRecord): boolean {
  return type === 'symbol_alloc'
}

/** What a form names, the ids that the log gives by itself left out. */
function symbolsOf(form: Form | EpisodeMetaRecord): readonly SymbolId[] {
  switch (form.type) {
    case 'sem':
      return [form.subject, form.predicate, ...inValue(form.object), form.source]
    case 'epi':
      return [form.event, form.eventType, ...form.participants, form.location, form.source]
    case 'pro': {
      const values = [form.trigger, form.action, ...(form.precondition === undefined ? [] : [form.precondition])]
      return [form.rule, ...values.flatMap(inValue), form.scope, form.source]
    }
    case 'inf':
      return [form.subject, form.predicate, ...inValue(form.object), ...form.parents, form.method]
    case 'episode_meta':
      return [...(form.parent === undefined ? [] : [form.parent]), ...form.retracts]
    default:
      return [form.memory, form.actor]
  }
}

function inValue(value: Value): readonly SymbolId[] {
  return value.type === 'symbol' ? [value.id] : []
}
