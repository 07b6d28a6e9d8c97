import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance, nearest } from '#base/nearest.ts'

test('a typo finds the command that was meant', () => {
  expect(nearest('cofnig', ['config', 'version', 'sbom'])).toBe('config')
})

test('a word that is far from everything finds nothing', () => {
  expect(nearest('zzzzzz', ['config', 'version', 'sbom'])).toBeUndefined()
})

test('a word beyond the limit is not compared', () => {
  expect(nearest('a'.repeat(65), ['a'.repeat(65)])).toBeUndefined()
})

test('the distance is symmetric, zero only for equal words, and at most the longer length', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      const distance = editDistance(a, b)
      expect(distance).toBe(editDistance(b, a))
      expect(distance === 0).toBe(a === b)
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
    }),
  )
})
