import { describe, expect, test } from 'vitest'
import { Pipeline } from '#memory/compile/pipeline.ts'
import { wall } from './batches.ts'

/** A pipeline whose batches answer with their edges by name, or with the code of what refused them. */
function store(): (batch: string) => string[] | string {
  const pipeline = new Pipeline()
  const name = (id: number | bigint) => pipeline.state.symbols.nameOf(id)?.replace('__mem_', '')
  return batch => {
    const compiled = pipeline.compile(batch, wall)
    if (!compiled.ok) return 'inner' in compiled.error ? compiled.error.inner.code : compiled.error.code
    pipeline.commit()
    return compiled.value.records.flatMap(record => {
      if (record.type === 'supersedes' || record.type === 'stale_parent') {
        return [`${record.type} ${name(record.from)} ${name(record.to)}`]
      }
      if (record.type === 'inf' && record.stale) return [`${name(record.memory)} is born stale`]
      return 'invalidAt' in record && record.invalidAt !== undefined ? [`${name(record.memory)} ends`] : []
    })
  }
}

function sem(day: number, value = 'x', p = 'p'): string {
  return `(sem @a ${p} "${value}" :src @observation :c 0.5 :v 2025-01-${String(day).padStart(2, '0')})`
}

function inf(day: number, parents: string, p = 'r'): string {
  return `(inf @a ${p} "y" (${parents}) @citation_link :c 0.5 :v 2025-01-${String(day).padStart(2, '0')})`
}

function pro(rule: string, trigger: string, scope = '@s'): string {
  return `(pro ${rule} ${trigger} "do" :scp ${scope} :src @policy :c 1)`
}

describe('a fact', () => {
  test('is superseded by one that is valid later, whatever either says', () => {
    const commit = store()
    expect(commit(sem(5))).toEqual([])
    expect(commit(sem(6))).toEqual(['supersedes 1 0'])
    expect(commit(sem(7, 'z'))).toEqual(['supersedes 2 1'])
  })

  test('that is valid earlier ends where the head begins, which stays the head', () => {
    const commit = store()
    commit(sem(10))
    expect(commit(sem(5))).toEqual(['1 ends', 'supersedes 1 0'])
    expect(commit(sem(5))).toEqual(['2 ends', 'supersedes 2 0'])
    expect(commit(sem(11))).toEqual(['supersedes 3 0'])
  })

  test('that is valid at the same time conflicts, also within a batch; another predicate does not', () => {
    const commit = store()
    commit(sem(5))
    expect(commit(sem(5, 'other'))).toBe('SemanticSupersessionConflict')
    expect(commit(`${sem(6)} ${sem(6)}`)).toBe('SemanticSupersessionConflict')
    expect(commit(sem(5, 'x', 'q'))).toEqual([])
  })

  test('written n times has n - 1 edges', () => {
    const commit = store()
    const edges = Array.from({ length: 20 }, (_, n) => commit(sem(n + 1))).flat()
    expect(edges).toHaveLength(19)
  })
})

describe('an inference', () => {
  test('goes stale when a parent is superseded, once for each time that it lists it', () => {
    const commit = store()
    commit(`${sem(5)} ${sem(5, 'x', 'q')}`)
    expect(commit(inf(6, '@__mem_0 @__mem_1'))).toEqual([])
    expect(commit(inf(6, '@__mem_0 @__mem_0', 't'))).toEqual([])
    expect(commit(sem(7))).toEqual(['supersedes 4 0', 'stale_parent 2 0', 'stale_parent 3 0', 'stale_parent 3 0'])
  })

  test('is born stale on a parent that was superseded, also by a correction of an earlier time', () => {
    const commit = store()
    commit(sem(5))
    commit(sem(3))
    expect(commit(inf(6, '@__mem_0 @__mem_1'))).toEqual(['2 is born stale'])
  })

  test('that rests on its own predecessor supersedes it and goes stale at once', () => {
    const commit = store()
    commit(sem(5))
    commit(inf(6, '@__mem_0 @__mem_0'))
    expect(commit(inf(7, '@__mem_1 @__mem_0'))).toEqual(['supersedes 2 1', 'stale_parent 2 1'])
    expect(commit(inf(7, '@__mem_0 @__mem_0'))).toBe('InferentialSupersessionConflict')
  })

  test('and a fact under the same key do not meet', () => {
    const commit = store()
    commit(sem(5))
    expect(commit(inf(5, '@__mem_0 @__mem_0', 'p'))).toEqual([])
  })
})

describe('a rule', () => {
  test('is superseded by its next wording, and by another with its trigger in its scope', () => {
    const commit = store()
    commit(pro('@r1', '"t"'))
    expect(commit(pro('@r1', '"u"'))).toEqual(['supersedes 1 0'])
    expect(commit(pro('@r2', '"u"'))).toEqual(['supersedes 2 1'])
    expect(commit(pro('@r3', '"u"', '@other'))).toEqual([])
    expect(commit(pro('@r2', '"u"'))).toEqual(['supersedes 4 2'])
  })

  test('takes the place of two, the one of its name first', () => {
    const commit = store()
    commit(pro('@r1', '"t"'))
    commit(pro('@r2', '"u"'))
    expect(commit(pro('@r2', '"t"'))).toEqual(['supersedes 2 1', 'supersedes 2 0'])
  })

  test('that was superseded is not found by its other key any more', () => {
    const commit = store()
    commit(pro('@r1', '"t"'))
    expect(commit(pro('@r2', '"t"'))).toEqual(['supersedes 1 0'])
    expect(commit(pro('@r1', '"new"'))).toEqual([])
    expect(commit(pro('@r2', '"other"'))).toEqual(['supersedes 3 1'])
    expect(commit(pro('@r4', '"t"'))).toEqual([])
  })

  test('meets another of its batch under either key: refused', () => {
    const commit = store()
    expect(commit(`${pro('@r1', '"t"')} ${pro('@r1', '"u"')}`)).toBe('ProceduralSupersessionConflict')
    expect(commit(`${pro('@r1', '"t"')} ${pro('@r2', '"t"')}`)).toBe('ProceduralSupersessionConflict')
  })

  test('has another trigger if its bytes are others: 1, 1.0, "1", 0.0 and -0.0', () => {
    const commit = store()
    for (const [n, trigger] of ['1', '1.0', '"1"', '0.0', '-0.0', '@one', 'true', '1970-01-02'].entries()) {
      expect(commit(pro(`@r${n}`, trigger))).toEqual([])
    }
    expect(commit(pro('@again', '1'))).toEqual(['supersedes 8 0'])
    expect(commit(pro('@once_more', '-0.0'))).toEqual(['supersedes 9 4'])
  })

  test('that was lost with its batch gives both keys back', () => {
    const pipeline = new Pipeline()
    pipeline.compile(pro('@r1', '"t"'), wall)
    pipeline.commit()
    pipeline.compile(pro('@r1', '"u"'), wall)
    pipeline.rollback()
    const batch = pipeline.compile(pro('@r2', '"t"'), wall)
    expect(batch.ok && batch.value.edgeCount).toBe(1)
  })
})
