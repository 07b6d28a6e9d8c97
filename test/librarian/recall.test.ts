import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Document, RecallIndex } from '#librarian/recall/index.ts'
import { relatedTo } from '#librarian/recall/related.ts'
import { termsOf } from '#librarian/recall/words.ts'

const day = (text: string) => Date.parse(`${text}T12:00:00Z`)
const told: readonly Document[] = [
  { id: 'puppy', text: 'Ann: We brought home a puppy!\nBen: What is she called?\nAnn: Luna.', at: day('2023-05-08') },
  { id: 'roof', text: 'Ben: The roof leaks again.\nAnn: Call the roofer.', at: day('2023-06-02') },
  { id: 'race', text: 'Ann: I ran the charity race on Saturday.\nBen: Well done!', at: day('2023-05-25') },
  { id: 'garden', text: 'Ben: The roof is fine, the garden is not.\nAnn: Roses?', at: day('2024-01-10') },
]

function ask(question: string, documents: readonly Document[] = told): readonly string[] {
  return new RecallIndex(documents).search(question, { limit: 10 }).map(({ id }) => id)
}

describe('what a question finds', () => {
  test('its words in any form', () => {
    expect(ask('who was running in races?')[0]).toBe('race')
  })

  test('the thing, when the question names its kind', () => {
    expect(ask('what pets does Ann have?')[0]).toBe('puppy')
  })

  test('a word of the question counts more than what is related to it', () => {
    const documents = [
      { id: 'kind', text: 'Ann has many pets and more to come', at: undefined },
      { id: 'thing', text: 'Ann has a dog', at: undefined },
      { id: 'other', text: 'Ben has a boat', at: undefined },
    ]
    expect(ask('which pets?', documents)).toStrictEqual(['kind', 'thing'])
  })

  test('what was told at the time that it names', () => {
    expect(ask('what was wrong with the roof in June 2023?')[0]).toBe('roof')
    expect(ask('what of the roof on 10 January 2024?')[0]).toBe('garden')
  })

  test('nothing, when no word is there', () => {
    expect(ask('quantum chromodynamics')).toStrictEqual([])
    expect(ask('')).toStrictEqual([])
    expect(ask('what is the')).toStrictEqual([])
  })

  test('the passage that answers, by its place in the text', () => {
    const [hit] = new RecallIndex(told).search('what is the puppy called?', { limit: 1 })
    const text = told.find(({ id }) => id === hit?.id)?.text ?? ''
    expect(text.slice(hit?.passage.start, hit?.passage.end)).toContain('puppy')
  })
})

test('the order in which documents are given changes nothing', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...told], { minLength: told.length }), fc.lorem(), (documents, question) => {
      for (const asked of [question, 'what of the roof and the pets in 2023?']) {
        expect(ask(asked, documents)).toStrictEqual(ask(asked))
      }
    }),
  )
})

test('whatever is asked of whatever was told, it ends and stays within its limit', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 })
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), text, (texts, question) => {
      const documents = texts.map((each, at) => ({ id: String(at), text: each, at: undefined }))
      const hits = new RecallIndex(documents).search(question, { limit: 3 })
      expect(hits.length).toBeLessThanOrEqual(3)
      for (const { score } of hits) expect(score).toBeGreaterThan(0)
    }),
  )
})

describe('related words', () => {
  test('alike ones lead to each other, a kind to its things and not back', () => {
    const related = (word: string) => [...relatedTo(termsOf(word)[0]?.text ?? '')]
    const term = (word: string) => termsOf(word)[0]?.text
    expect(related('movies')).toContain(term('film'))
    expect(related('film')).toContain(term('movie'))
    expect(related('pets')).toContain(term('puppies'))
    expect(related('hiking')).not.toContain(term('activity'))
    expect(related('zebra')).toStrictEqual([])
  })
})
