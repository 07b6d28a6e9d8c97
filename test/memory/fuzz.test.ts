import { describe, expect, test } from 'vitest'
import { corpus, kept } from '../../scripts/fuzz-memory/corpus.ts'
import { injuredAt, targets } from '../../scripts/fuzz-memory/targets.ts'

describe.each(Object.entries(targets))('whatever reads a %s', (_name, read) => {
  test('answers to what is kept from earlier runs', () => {
    for (const bytes of kept()) expect(() => read(bytes)).not.toThrow()
  })

  test('answers to sound, unsound and injured bytes', () => {
    const kinds = corpus()
    for (const source of kinds.flat()) expect(() => read(source)).not.toThrow()
    for (let seed = 0; seed < 3_000; seed++) expect(() => read(injuredAt(kinds, seed)), `seed ${seed}`).not.toThrow()
  })
})
