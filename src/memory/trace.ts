import type { Log } from '#base/log.ts'
import type { EdgeRecord, SymbolId } from './canonical/record.ts'

/**
 * What the memory core says about its own work: spans and events in the manner of OpenTelemetry. Their names and the
 * names of their fields are a contract with whoever reads them; renaming one is a breaking change (docs/memory.md).
 *
 * Identifiers, counts, offsets and fixed words only. Values, symbol names, labels, reasons, paths and the text of a
 * batch or a query never pass here: whoever ships logs elsewhere would ship a person's memory with them. The types
 * admit no string but the words listed, and a sink gets symbol ids as `#17`.
 *
 * Events are attempts: a batch that fails later leaves its events behind, and its commit span has no
 * `log_offset_after`. Emission never changes a result.
 */
export interface Trace {
  /** Opens a span inside the span that is open, if any. End it on every way out: `finally`. */
  span<Name extends SpanName>(name: Name, fields: Spans[Name]['start']): Span<Spans[Name]['success']>
  event<Name extends EventName>(name: Name, fields: Events[Name]): void
}

export interface Span<Fields> {
  /** What is known on success only; without this call the span ends with what it was opened with. */
  record(fields: Fields): void
  end(): void
}

export interface Spans {
  /** Each compile, also inside a commit. */
  readonly 'postern.pipeline.compile_batch': {
    /** UTF-8 bytes of the input. */
    readonly start: { readonly input_len: number }
    readonly success: { readonly record_count: number; readonly memory_count: number; readonly edge_count: number }
  }
  /** Each commit; it encloses the compile span. */
  readonly 'postern.commit.batch': {
    readonly start: { readonly log_offset_before: number }
    readonly success: {
      readonly log_offset_after: number
      /** What compile returned: without the episode's symbol, its metadata and the checkpoint. */
      readonly record_count: number
      readonly episode_id: SymbolId
      readonly fsync_micros: number
    }
  }
}

export interface Events {
  /** One for each decision that superseded something, in the order of the forms, before anything is appended. */
  readonly 'postern.supersession':
    | {
        readonly kind: 'semantic' | 'inferential'
        readonly direction: 'forward' | 'retroactive'
        readonly s: SymbolId
        readonly p: SymbolId
        readonly old_memory_id: SymbolId
        readonly new_memory_id: SymbolId
      }
    | {
        readonly kind: 'procedural'
        readonly rule_id: SymbolId
        readonly new_memory_id: SymbolId
        readonly superseded_count: 1 | 2
      }
  /** An edge that would close a circle; an edge from a memory to itself says nothing. */
  readonly 'postern.dag.cycle_rejected': {
    readonly from: SymbolId
    readonly to: SymbolId
    readonly edge_kind: EdgeRecord['type']
  }
  /** A failed commit was taken back; `log_offset` is where the log ends again. */
  readonly 'postern.commit.rolled_back': { readonly cause: RollbackCause; readonly log_offset: number }
  /** Neither append nor taking it back succeeded: nothing more is written until the store is opened again. */
  readonly 'postern.commit.poisoned': { readonly cause: RollbackCause; readonly log_offset: number }
  /** After the torn tail was cut off. */
  readonly 'postern.recovery.orphan_truncated': {
    readonly log_len_before: number
    readonly committed_end: number
    readonly orphan_bytes: number
  }
  /** The end of a successful open of a log that holds anything. */
  readonly 'postern.recovery.symbol_replay': {
    readonly symbol_alloc_count: number
    readonly symbol_mutation_count: number
    readonly checkpoint_count: number
    readonly next_memory_counter: number
    readonly next_episode_counter: number
  }
  /** The log could not be opened, and was not touched. */
  readonly 'postern.recovery.corrupt_log': { readonly offset: number }
  /** The snapshot did not fit the log, and the log was replayed instead. */
  readonly 'postern.recovery.snapshot_dropped': { readonly cause: 'unreadable' | 'version' | 'mismatch' }
  /** A durable batch could not be sealed yet; the next commit begins with that. */
  readonly 'postern.seal.behind': { readonly log_offset: number }
  /** A log that held something had no seal and was given one: it comes from elsewhere, or its seal was taken away. */
  readonly 'postern.seal.begun': { readonly log_offset: number }
  /** The lock of a process that is gone was taken over. */
  readonly 'postern.lock.taken_over': { readonly pid: number }
}

export type SpanName = keyof Spans
export type EventName = keyof Events
export type RollbackCause = 'compile' | 'append' | 'sync' | 'seal' | 'apply'

/** What a sink receives: a closed span or an event, its symbol ids already in the display form `#17`. */
export interface Signal {
  readonly type: 'span' | 'event'
  readonly name: SpanName | EventName
  readonly level: 'info' | 'warn'
  /** The names of the spans that are open around it, outermost first. */
  readonly within: readonly SpanName[]
  readonly fields: Readonly<Record<string, string | number>>
}

export type Sink = (signal: Signal) => void

const closed: Span<unknown> = { record: () => undefined, end: () => undefined }

/** Says nothing: what the library does unless it is given a sink. */
export const SILENT: Trace = { span: () => closed, event: () => undefined }

const warnings: ReadonlySet<SpanName | EventName> = new Set<EventName>([
  'postern.dag.cycle_rejected',
  'postern.commit.rolled_back',
  'postern.commit.poisoned',
  'postern.recovery.orphan_truncated',
  'postern.recovery.corrupt_log',
  'postern.recovery.snapshot_dropped',
  'postern.seal.behind',
  'postern.seal.begun',
  'postern.lock.taken_over',
])

/** The fields that hold symbol ids; all other numbers are counts, sizes and offsets. */
const symbolFields: ReadonlySet<string> = new Set([
  'episode_id',
  's',
  'p',
  'old_memory_id',
  'new_memory_id',
  'rule_id',
  'from',
  'to',
])

/** Opens the stream to one sink; events and spans reach it in the order in which they happen and close. */
export function traceTo(sink: Sink): Trace {
  const open: SpanName[] = []
  const emit = (type: Signal['type'], name: SpanName | EventName, fields: object) =>
    sink({ type, name, level: warnings.has(name) ? 'warn' : 'info', within: [...open], fields: shown(fields) })
  return {
    span(name, start) {
      const depth = open.push(name) - 1
      let success = {}
      return {
        record: fields => {
          success = fields
        },
        end() {
          open.length = depth // also closes what was left open inside: a span never outlives the one around it
          emit('span', name, { ...start, ...success })
        },
      }
    },
    event: (name, fields) => emit('event', name, fields),
  }
}

/** The stream as lines of the program's log. */
export function traceToLog(log: Log): Trace {
  return traceTo(({ level, name, fields }) => log[level](name, fields))
}

function shown(fields: object): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      symbolFields.has(name) ? `#${value}` : typeof value === 'number' ? value : String(value),
    ]),
  )
}
