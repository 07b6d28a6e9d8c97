import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Pipeline } from '#memory/compile/pipeline.ts'
import { HALF_LIVES, type HalfLives } from '#memory/read/decay.ts'
import { describeDecayConfigError, readDecayConfig } from '#memory/read/decay-config.ts'
import { executeQuery, FLAGS } from '#memory/read/query.ts'

const dayMs = 86_400_000

describe('half-lives from a file', () => {
  test.each([
    ['decay = 1', 'decay: expected table'],
    ['[decay]\nsemantic = [1]', 'decay.semantic: expected table'],
    ['[decay]\nepisodic = 2024-01-01', 'decay.episodic: expected table'],
    ['[decay]\nprocedural = "x"', 'decay.procedural: expected table'],
    ['[decay.semantic]\nprofile = 1.0', 'decay.semantic: expected non-negative integer (days)'],
    ['[decay.semantic]\nprofile = "30"', 'decay.semantic: expected non-negative integer (days)'],
    ['[decay.episodic]\nobservation = -1', 'decay.episodic: value -1 is not a valid half-life (days ≥ 0)'],
    ['[decay.procedural]\nany = true', 'decay.procedural: expected non-negative integer (days)'],
  ])('%j are refused', (text, words) => {
    const { error, halfLives } = readDecayConfig(text, HALF_LIVES)
    expect(error && describeDecayConfigError(error)).toBe(words)
    expect(halfLives).toEqual(HALF_LIVES)
  })

  test('what is not TOML is refused with its place', () => {
    const { error } = readDecayConfig('[decay', HALF_LIVES)
    expect(error && describeDecayConfigError(error)).toMatch(/^toml parse error: /)
  })

  test('what stands before the first fault has been taken over', () => {
    const { halfLives, error } = readDecayConfig(
      '[decay.semantic]\nprofile = 1\nobservation = -1\npolicy = 2',
      HALF_LIVES,
    )
    expect(error?.code).toBe('InvalidDays')
    expect(halfLives.semantic).toEqual({ ...HALF_LIVES.semantic, Profile: dayMs })
  })

  test.each(['', '[other]\nx = 1', '[decay.semantic]\nnobody = -1', '[decay.other]\nx = "y"'])(
    '%j changes nothing',
    text => {
      expect(readDecayConfig(text, HALF_LIVES)).toEqual({ halfLives: HALF_LIVES, error: undefined })
    },
  )

  test('one file after the other adds up, and the later one wins', () => {
    const first = readDecayConfig('[decay.semantic]\nprofile = 1\ndocument = 0', HALF_LIVES).halfLives
    const second = readDecayConfig('[decay.semantic]\nprofile = 2\n[decay.procedural]\nany = 9', first).halfLives
    expect(second.semantic).toEqual({ ...HALF_LIVES.semantic, Profile: 2 * dayMs, Document: 0 })
    expect(second.procedural).toBe(9 * dayMs)
    expect(first.procedural).toBe(0)
  })

  test('days beyond what 64 bits of milliseconds hold are the most that they hold', () => {
    const { halfLives } = readDecayConfig(`[decay.episodic]\nself_report = ${2n ** 62n}`, HALF_LIVES)
    expect(halfLives.episodic.SelfReport).toBe(2n ** 64n - 1n)
  })

  test('text of any kind is read or refused, never thrown at', () => {
    const line = fc.constantFrom(
      '[decay]',
      '[decay.semantic]',
      'profile = 1',
      'profile = nan',
      'any = 1',
      '= 2',
      '"',
      'a.b = {}',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(line).map(lines => lines.join('\n')),
        ),
        text => {
          const { error } = readDecayConfig(text, HALF_LIVES)
          if (error !== undefined) expect(describeDecayConfigError(error)).not.toBe('')
        },
      ),
    )
  })

  test('questions follow it at once, and back', () => {
    const pipeline = new Pipeline()
    const valid = Date.parse('2025-01-01T00:00:00Z')
    expect(pipeline.compile('(sem @s p 1 :src @observation :c 0.8 :v 2025-01-01)', valid + 136 * dayMs).ok).toBe(true)
    pipeline.commit()
    const isLow = (halfLives: HalfLives) => {
      const found = executeQuery(pipeline, '(query)', { halfLives })
      return found.ok && (found.value.flags & FLAGS.low_confidence) !== 0
    }
    const ageless = readDecayConfig('[decay.semantic]\nobservation = 0', HALF_LIVES).halfLives
    expect([isLow(HALF_LIVES), isLow(ageless), isLow(HALF_LIVES)]).toEqual([true, false, true])
  })
})
