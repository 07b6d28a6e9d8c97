import { lazily } from '#base/lazily.ts'

/**
 * The form in which text is indexed and asked for; both sides go through here, then through FTS5's unicode61, which
 * splits at what is neither letter nor digit, lower-cases and drops diacritics. What unicode61 lacks is done here:
 * full-width and other compatibility forms, letters without a decomposition, and scripts that write no spaces, which
 * become overlapping pairs of characters.
 *
 * Private-use characters count as letters to unicode61. The index keeps facts and whole addresses in words that hold
 * such characters, hence no text of a sender or a searcher may bring its own.
 */
const beyondAscii = /[^\x00-\x7f]/
const privateUse = /[\ue000-\uf8ff\u{f0000}-\u{ffffd}\u{100000}-\u{10fffd}]/gu
const undecomposed = /[ßẞæÆøØłŁđĐðÐþÞœŒıħĦŧŦ]/g
const spelledOut: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'ss',
  æ: 'ae',
  Æ: 'ae',
  ø: 'o',
  Ø: 'o',
  ł: 'l',
  Ł: 'l',
  đ: 'd',
  Đ: 'd',
  ð: 'd',
  Ð: 'd',
  þ: 'th',
  Þ: 'th',
  œ: 'oe',
  Œ: 'oe',
  ı: 'i',
  ħ: 'h',
  Ħ: 'h',
  ŧ: 't',
  Ŧ: 't',
}
/** Han, kana, Hangul, or a surrogate that may stand for one: without any, there is nothing to pair. */
const mayBeUnspaced = /[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\ud800-\udbff\uf900-\ufaff]/
/** Classes of Unicode take milliseconds to compile, and most searches need none. */
const unspacedRun = lazily(() => /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u30fc]+/gu)

/**
 * One character can stand for eighteen (NFKC), and a pattern cannot take millions of them in one run: what is indexed
 * of a text is limited once more when its characters are what they stand for.
 */
const foldedCharsMax = 1 << 20

/** Text as the index takes it. A run of unspaced script "abc" becomes "ab bc c". */
export function foldForIndex(text: string): string {
  if (!beyondAscii.test(text)) return text
  const { spelled, needs } = spellLong(text)
  const kept = spelled.slice(0, foldedCharsMax)
  return (needs & NEED.pairs) === 0 ? kept : kept.replace(unspacedRun(), run => ` ${pairs(run)} `)
}

export interface FoldedQuery {
  /** For a quoted FTS5 string. */
  readonly text: string
  /** The last character is a single one of an unspaced script: it is found as the start of a pair. */
  readonly endsOpen: boolean
}

/** The same for what a person asks for: the run that ends it may go on in the message. */
export function foldForQuery(text: string): FoldedQuery {
  if (!beyondAscii.test(text)) return { text, endsOpen: false }
  const spelled = spell(text).trimEnd()
  let endsOpen = false
  const folded = spelled.replace(unspacedRun(), (run, offset: number) => {
    const all = pairs(run)
    if (offset + run.length < spelled.length) return ` ${all} `
    const lastSpace = all.lastIndexOf(' ')
    endsOpen = lastSpace < 0
    return ` ${lastSpace < 0 ? all : all.slice(0, lastSpace)}`
  })
  return { text: folded, endsOpen }
}

/** Whether anything is left that the index could hold. */
export function hasWords(text: string): boolean {
  // The second pattern takes a millisecond to compile.
  return /[a-z0-9]/i.test(text) || /[\p{L}\p{N}]/u.test(text)
}

/** One word as unicode61 leaves it: for comparing with words that we keep ourselves. */
export function foldWord(word: string): string {
  if (!beyondAscii.test(word)) return word.toLowerCase()
  const lower = spell(word).toLowerCase().normalize('NFD')
  return lower.replace(/(?<=\p{Script=Latin})\p{M}+/gu, '').normalize('NFC')
}

/** Words of which a piece may be asked for. */
export function wordsOf(text: string): string[] {
  if (!beyondAscii.test(text)) return text.toLowerCase().match(asciiRuns) ?? []
  return (foldWord(text).match(letterRuns()) ?? []).filter(word => !mayBeUnspaced.test(word))
}

const asciiRuns = /[a-z0-9]{4,40}/g
const letterRuns = lazily(() => /[\p{L}\p{N}]{4,40}/gu)

/** Nothing but letters that are their own compatibility form, and punctuation: most mail that is not ASCII. */
const isPlain =
  /^[\x00-\x7f\u00a0\u00a1\u00a7\u00ab\u00b0\u00b7\u00bb\u00bf-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u0400-\u045f\u2010-\u2023\u20ac\u3001-\u3011\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fff]*$/
const mayBePrivate = /[\ud800-\udfff\ue000-\uf8ff]/
/** unicode61 drops the marks of Latin letters only. */
const markedLetters =
  /[\u0386\u0388-\u0390\u03aa-\u03b0\u03ca-\u03ce\u0400\u0401\u0403\u0407\u040c-\u040e\u0450\u0451\u0453\u0457\u045c-\u045e\u1f00-\u1fff]/g
const marks =
  /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]+/g

function spell(text: string): string {
  let spelled = isPlain.test(text) ? text : text.normalize('NFKC').replace(marks, '')
  if (mayBePrivate.test(spelled)) spelled = spelled.replace(privateUse, ' ')
  return spelled.replace(markedLetters, unmarked).replace(undecomposed, spelledOutOf)
}

/** What a text needs, as bits: one look at each character, where each of the patterns above would look by itself. */
const NEED = { composing: 1, clearing: 2, unmarking: 4, spelling: 8, pairs: 16 } as const

const needsOf = lazily(() => {
  const table = new Uint8Array(0x10000)
  const patterns = [
    [NEED.clearing, mayBePrivate],
    [NEED.unmarking, new RegExp(markedLetters.source)],
    [NEED.spelling, new RegExp(undecomposed.source)],
    [NEED.pairs, mayBeUnspaced],
  ] as const
  for (let code = 0x80; code < table.length; code++) {
    const character = String.fromCharCode(code)
    let needs = isPlain.test(character) ? 0 : NEED.composing
    for (const [need, pattern] of patterns) if (pattern.test(character)) needs |= need
    table[code] = needs
  }
  return table
})

function needsIn(text: string): number {
  const table = needsOf()
  let needs = 0
  for (let at = 0; at < text.length; at++) needs |= table[text.charCodeAt(at)] ?? 0
  return needs
}

/** The same as `spell`, for a text long enough to be worth it; and what the result needs. */
function spellLong(text: string): { readonly spelled: string; readonly needs: number } {
  let spelled = text
  let needs = needsIn(text)
  if ((needs & NEED.composing) !== 0) {
    spelled = spelled.normalize('NFKC').replace(marks, '')
    needs = needsIn(spelled)
  }
  if ((needs & NEED.clearing) !== 0) spelled = spelled.replace(privateUse, ' ')
  if ((needs & NEED.unmarking) !== 0) spelled = spelled.replace(markedLetters, unmarked)
  if ((needs & NEED.spelling) !== 0) spelled = spelled.replace(undecomposed, spelledOutOf)
  return { spelled, needs }
}

const unmarked = (letter: string) => letter.normalize('NFD').charAt(0)
const spelledOutOf = (letter: string) => spelledOut[letter] ?? letter

function pairs(run: string): string {
  const characters = [...run]
  let out = ''
  for (const [at, character] of characters.entries()) {
    const next = characters[at + 1]
    out += next === undefined ? character : `${character}${next} `
  }
  return out
}

/** Any text as one word that no sender can write: every ASCII sign becomes a private-use letter. */
export function asOneWord(text: string): string {
  const signs = beyondAscii.test(text) ? /[^\p{L}\p{N}]/gu : /[^a-z0-9]/g
  return foldWord(text).replace(signs, sign => String.fromCharCode(0xe000 + (sign.charCodeAt(0) % 0x1000)))
}
