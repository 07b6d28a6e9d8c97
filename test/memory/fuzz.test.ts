import { describe, expect, test } from 'vitest'
import { corpus, kept } from '../../scripts/fuzz-memory/corpus.ts'
import { injured, targets } from '../../scripts/fuzz-memory/targets.ts'

describe.each(Object.entries(targets))('whatever reads a %s', (_name, read) => {
  test('answers to what broke something once', () => {
    for (const bytes of kept()) expect(() => read(bytes)).not.toThrow()
  })

  test('answers to sound, unsound and injured bytes', () => {
    const sources = corpus()
    for (const [at, source] of sources.entries()) {
      expect(() => read(source)).not.toThrow()
      const donor = sources[(at * 7919) % sources.length] ?? source
      for (let seed = 0; seed < 4; seed++) {
        const bytes = injured(source, donor, at * 4 + seed)
        expect(() => read(bytes), `seed ${at * 4 + seed}`).not.toThrow()
      }
    }
  })
})
