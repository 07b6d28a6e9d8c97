import { DatabaseSync } from 'node:sqlite'
import { lazily } from '#base/lazily.ts'

/** What FTS5's unicode61 makes of a character; anything greater is the code point that it is folded to. */
export const LETTER = { separator: 0, dropped: -1 } as const

const blockBits = 8
const blockSize = 1 << blockBits
const commonEnd = 0x10000
const unknown = -2
const firstSurrogate = 0xd800
const lastSurrogate = 0xdfff

/**
 * Which characters are letters and what they are folded to. SQLite is asked, some hundred characters at a time and
 * when one of them is met: its tables are those of an old Unicode, and whoever searches is read by them.
 */
export class Letters {
  /** Of the characters that most texts are made of; `unknown` for those that were not asked for yet. */
  readonly #common = new Int32Array(commonEnd).fill(unknown)
  readonly #others = new Map<number, Int32Array>()

  /** @param codePoint not a surrogate */
  at(codePoint: number): number {
    const known = codePoint < commonEnd ? (this.#common[codePoint] ?? unknown) : unknown
    return known === unknown ? this.#look(codePoint) : known
  }

  #look(codePoint: number): number {
    const number = codePoint >>> blockBits
    const block = this.#others.get(number) ?? ask(number << blockBits)
    if (codePoint < commonEnd) this.#common.set(block, number << blockBits)
    else this.#others.set(number, block)
    return block[codePoint & (blockSize - 1)] ?? LETTER.separator
  }
}

export const letters = lazily(() => new Letters())

const asked = lazily(() => {
  const database = new DatabaseSync(':memory:')
  database.exec(
    `CREATE VIRTUAL TABLE asked USING fts5(text, content = '', tokenize = 'unicode61 remove_diacritics 2');
     CREATE VIRTUAL TABLE answers USING fts5vocab(asked, instance)`,
  )
  return {
    insert: database.prepare('INSERT INTO asked(rowid, text) VALUES (1, ?)'),
    answers: database.prepare('SELECT "offset" AS at, term FROM answers'),
    clear: database.prepare("INSERT INTO asked(asked) VALUES ('delete-all')"),
  }
})

/** Each character between two letters that no character stands alone for: two words, one of two letters, or one of three. */
const edge = 'x'
const end = 'z'

function ask(first: number): Int32Array {
  const { insert, answers, clear } = asked()
  const codePoints = Array.from({ length: blockSize }, (_, at) => first + at)
  const characters = codePoints.map(code => (isSurrogate(code) ? ' ' : String.fromCodePoint(code)))
  insert.run(characters.map(character => `${edge}${character}${edge} ${end}`).join(' '))
  const words: string[] = []
  for (const { at, term } of answers.all()) words[Number(at)] = String(term)
  clear.run()
  let at = 0
  return Int32Array.from(codePoints, () => {
    const [letter, length] = readAnswer(words, at)
    at += length + 1
    if (words[at - 1] !== end) throw new Error('SQLite split a character in a way that is not known')
    return letter
  })
}

function readAnswer(words: readonly string[], at: number): readonly [letter: number, words: number] {
  const word = words[at] ?? ''
  if (word === edge) return [LETTER.separator, 2]
  if (word === edge + edge) return [LETTER.dropped, 1]
  return [word.codePointAt(edge.length) ?? LETTER.separator, 1]
}

function isSurrogate(codePoint: number): boolean {
  return codePoint >= firstSurrogate && codePoint <= lastSurrogate
}
