import { describe, expect, test } from 'vitest'
import { Pipeline } from '#memory/compile/pipeline.ts'
import { executeQuery, FLAGS, type QueryResult } from '#memory/read/query.ts'

const start = Date.parse('2025-01-01T00:00:00Z')
const dayMs = 86_400_000

function commit(pipeline: Pipeline, batch: string, day: number): void {
  const compiled = pipeline.compile(batch, start + day * dayMs)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  pipeline.commit()
}

function ask(pipeline: Pipeline, query: string): QueryResult {
  const found = executeQuery(pipeline, query)
  if (!found.ok) throw new Error(JSON.stringify(found.error))
  return found.value
}

function names(pipeline: Pipeline, query: string): (string | undefined)[] {
  return ask(pipeline, query).records.map(({ memory }) => pipeline.state.symbols.nameOf(memory))
}

describe('a projection (D2)', () => {
  const pipeline = new Pipeline()
  commit(pipeline, '(sem @team meets "room 1" :src @observation :c 0.9 :v 2024-12-01)', 0)
  commit(pipeline, '(sem @team meets "room 2" :src @observation :c 0.9 :v 2025-01-10 :projected true)', 1)
  commit(pipeline, '(sem @team meets "room 3" :src @observation :c 0.9 :v 2025-01-03)', 3)
  const now = '(query :s @team :p @meets :show_framing true)'

  test('says nothing before its time, and what was written into the time before it holds', () => {
    expect(names(pipeline, now)).toEqual(['__mem_2'])
    expect(names(pipeline, '(query :s @team :p @meets :as_of 2025-01-02)')).toEqual(['__mem_0'])
  })

  test('that is asked for is there, framed as what it is', () => {
    const { framings, flags } = ask(pipeline, '(query :s @team :include_projected true :show_framing true)')
    expect(framings.map(({ type }) => type)).toEqual(['projected', 'advisory'])
    expect(flags & FLAGS.projected_present).toBe(FLAGS.projected_present)
  })

  test('of a time that is asked about but has not come stays left out', () => {
    const asked = ask(pipeline, '(query :s @team :p @meets :as_of 2025-02-01 :explain_filtered true)')
    expect(asked.records).toEqual([])
    expect(asked.filtered.map(({ reason }) => reason)).toEqual(['projected_excluded'])
  })

  test('speaks once its time has come, and says what it is', () => {
    commit(pipeline, '', 20)
    const { framings, flags } = ask(pipeline, now)
    expect(names(pipeline, now)).toEqual(['__mem_1'])
    expect([framings[0]?.type, flags & FLAGS.projected_present]).toEqual(['projected', FLAGS.projected_present])
  })
})

describe('the order of an answer (D19)', () => {
  const pipeline = new Pipeline()
  for (const n of [0, 1, 2, 3]) commit(pipeline, `(sem @s${n} p ${n} :src @observation :c 0.9 :v 2024-01-01)`, n)

  test('is that of the commits, and a limit keeps the oldest', () => {
    expect(names(pipeline, '(query :limit 2)')).toEqual(['__mem_0', '__mem_1'])
    expect(names(pipeline, '(query :limit 2 :order oldest)')).toEqual(['__mem_0', '__mem_1'])
  })

  test('is the other way on demand, and a limit keeps the newest', () => {
    const { flags, framings } = ask(pipeline, '(query :limit 3 :order newest :show_framing true)')
    expect(names(pipeline, '(query :limit 3 :order newest)')).toEqual(['__mem_3', '__mem_2', '__mem_1'])
    expect([flags & FLAGS.truncated, framings.length]).toEqual([FLAGS.truncated, 3])
  })

  test.each(['"newest"', 'sideways', '1', '@newest:Agent'])('%s is no order', word => {
    expect(executeQuery(pipeline, `(query :order ${word})`)).toMatchObject({
      ok: false,
      error: { code: 'InvalidPredicate', keyword: 'order' },
    })
  })
})

describe('what happened (D19)', () => {
  const pipeline = new Pipeline()
  commit(pipeline, '(epi @e1 @met (@ann) @office :at 2024-12-01 :obs 2024-12-01 :src @observation :c 1)', 0)
  commit(pipeline, '(epi @e2 @met (@ben) @office :at 2025-06-01 :obs 2025-06-01 :src @observation :c 1)', 1)
  commit(pipeline, '(epi @e3 @met (@ann) @office :at 2024-12-05 :obs 2024-12-06 :src @self_report :c 0.6)', 2)

  test('is found by its kind, not before it happened and not before it was known', () => {
    expect(names(pipeline, '(query)')).toEqual([])
    expect(names(pipeline, '(query :kind epi)')).toEqual(['__mem_0', '__mem_2'])
    expect(names(pipeline, '(query :kind epi :as_of 2025-07-01)')).toEqual(['__mem_0', '__mem_1', '__mem_2'])
    expect(names(pipeline, '(query :kind epi :as_committed 2025-01-02)')).toEqual(['__mem_0'])
    expect(names(pipeline, '(query :kind epi :in_episode @__ep_2)')).toEqual(['__mem_2'])
  })

  test('ages as its source does', () => {
    expect(ask(pipeline, '(query :kind epi)').flags & FLAGS.low_confidence).toBe(FLAGS.low_confidence)
    expect(ask(pipeline, '(query :kind epi :in_episode @__ep_0)').flags).toBe(0)
  })

  test('is left out with whoever took part once they are retired', () => {
    commit(pipeline, '(retire @ann)', 3)
    expect(names(pipeline, '(query :kind epi)')).toEqual([])
    expect(names(pipeline, '(query :kind epi :include_retired true)')).toEqual(['__mem_0', '__mem_2'])
  })
})
