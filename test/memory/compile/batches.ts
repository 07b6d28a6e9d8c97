import fc from 'fast-check'
import type { LogRecord } from '#memory/canonical/record.ts'
import type { Pipeline } from '#memory/compile/pipeline.ts'
import type { MemoryState } from '#memory/state/state.ts'

/** The clock on the wall: later than anything that the batches below call past. */
export const wall = Date.parse('2026-01-01T00:00:00Z')

const agent = fc.constantFrom('@a', '@b', '@c')
/** Of the memories there are, when its turn comes. */
const memory = fc.nat(99).map(n => `@__mem_${n}`)
const value = fc.oneof(
  fc.constantFrom(
    '@v',
    '@w:Document',
    'word',
    '"text"',
    'true',
    '2024-05-01',
    '-0.0',
    '0.0',
    '1',
    '1.0',
    '9223372036854775807',
  ),
  fc.integer().map(String),
)
/** Few, so that rules meet at the same one. */
const trigger = fc.constantFrom('@v', '"text"', '1', '1.0')
const time = fc.integer({ min: 1, max: 28 }).map(day => `2025-01-${String(day).padStart(2, '0')}`)
const source = fc.constantFrom('@agent_instruction', '@policy')

function form(template: TemplateStringsArray, ...parts: fc.Arbitrary<unknown>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map(values => String.raw({ raw: template }, ...values))
}

/** Forms of every head, most of which compile and some of which do not, whatever came before. */
const anyForm = fc.oneof(
  {
    arbitrary: form`(sem ${agent} ${fc.constantFrom('p', 'q')} ${value} :src @observation :c 0.5 :v ${time})`,
    weight: 6,
  },
  { arbitrary: form`(sem ${agent} p ${value} :src @observation :c 0.5 :v 2030-01-01 :projected true)`, weight: 1 },
  { arbitrary: form`(inf ${agent} r ${value} (${memory} ${memory}) @citation_link :c 0.5 :v ${time})`, weight: 4 },
  { arbitrary: form`(epi @e @met (${agent}) @here :at ${time} :obs 2025-02-01 :src @observation :c 1)`, weight: 2 },
  {
    arbitrary: form`(pro ${fc.constantFrom('@r1', '@r2', '@r3')} ${trigger} "do" :scp @s :src ${source} :c 0.9)`,
    weight: 4,
  },
  {
    arbitrary: form`(${fc.constantFrom('pin', 'unpin', 'authoritative_set', 'authoritative_clear')} ${memory} :actor @a)`,
    weight: 2,
  },
  { arbitrary: form`(rename ${agent} ${fc.constantFrom('@a', '@d', '@e2')})`, weight: 1 },
  { arbitrary: form`(alias ${agent} ${fc.constantFrom('@x1', '@x2', '@x3')})`, weight: 1 },
  { arbitrary: form`(retire ${agent})`, weight: 1 },
  { arbitrary: form`(episode :start :label "l" :parent_episode ${fc.constantFrom('@__ep_0', '@__ep_3')})`, weight: 1 },
  {
    arbitrary: fc.constantFrom('(query)', '(promote @z)', '(sem @a', '(sem @a p 1 :src @b :c 2 :v 2025-01-01)'),
    weight: 1,
  },
)

export interface AnyBatch {
  readonly text: string
  /** Whether it is taken back although it compiled, as after a disk that failed. */
  readonly lost: boolean
}

export const anyBatches = fc.array(
  fc.record({ text: fc.array(anyForm, { maxLength: 4 }).map(forms => forms.join('\n')), lost: fc.boolean() }),
  { maxLength: 20 },
)

/** Compiles one after the other; gives the records of those that were kept. */
export function play(pipeline: Pipeline, batches: readonly AnyBatch[]): LogRecord[][] {
  const kept: LogRecord[][] = []
  for (const { text, lost } of batches) {
    const count = Math.max(1, Number(pipeline.nextMemory))
    const compiled = pipeline.compile(
      text.replace(/@__mem_(\d+)/g, (_, n) => `@__mem_${Number(n) % count}`),
      wall,
    )
    if (!compiled.ok) continue
    if (lost) pipeline.rollback()
    else {
      pipeline.commit()
      kept.push([...compiled.value.records])
    }
  }
  return kept
}

export function replay(pipeline: Pipeline, batches: readonly LogRecord[][]): void {
  for (const batch of batches) for (const record of batch) refuse(pipeline.apply(record))
  refuse(pipeline.settle())
}

function refuse(error: unknown): void {
  if (error !== undefined) throw new Error(JSON.stringify(error))
}

/** All that a state says, by ids: it does not show in which order symbols were allocated within a batch. */
export function told(state: MemoryState): unknown {
  const { symbols, memories, edges, episodes } = state
  const entries = [...Array(symbols.size).keys()]
  const rows = [...Array(memories.length).keys()]
  return {
    symbols: entries
      .map(
        at =>
          [
            Number(symbols.idAt(at)),
            symbols.nameAt(at),
            symbols.kindAt(at),
            symbols.isRetiredAt(at),
            symbols.aliasesAt(at),
          ] as const,
      )
      .sort(([a], [b]) => a - b),
    memories: rows.map(row => memories.record(row)),
    ends: rows.map(row => edges.endOf(row, Number.MAX_SAFE_INTEGER)),
    superseded: rows.map(row => memories.isSuperseded(row)),
    edges: [...Array(edges.length).keys()].map(at => [
      edges.kindAt(at),
      edges.from.get(at),
      edges.to.get(at),
      edges.at.get(at),
    ]),
    heads: [state.semantic, state.inferential, state.procedures.rules].map(keys => [...keys.head.view()]),
    children: rows.map(row => state.children.of(memories.memory.get(row))),
    episodes: [...Array(episodes.size).keys()].map(at => [
      episodes.idAt(at),
      episodes.clockAt(at),
      episodes.parentAt(at),
    ]),
    flags: [[...state.pinned].sort(), [...state.authoritative].sort()],
    counters: [state.watermark, state.nextMemory, state.nextEpisode, symbols.nextId, symbols.retired],
  }
}
