import { stemmer } from 'stemmer'

/**
 * Text to the terms by which it is found. English words are stemmed; words of other languages mostly pass unchanged,
 * since a rule for English rarely fits them. Scripts without blanks between words are cut into pairs of characters.
 */
const word = /[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu
const withoutBlanks =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u
const termLengthMax = 40
export const termsMax = 200_000

/** Words that say how a sentence is built and not what it is about. */
const functionWords = new Set(
  (
    'a an the and or but if then than so of in on at to for from by with about as into over after before up down out off ' +
    'is am are was were be been being do does did doing done have has had having will would shall should can could may might must ' +
    'i me my mine myself we us our ours you your yours he him his she her hers it its they them their theirs this that these those ' +
    'what which who whom whose when where why how there here not no nor too very just also only own same other some any each both ' +
    "s t d ll m re ve don doesn didn isn aren wasn weren won wouldn couldn shouldn let's lets oh ok okay yeah yes hey hi hello thanks thank wow"
  ).split(' '),
)

export interface Term {
  readonly text: string
  /** Which word of the text it is: neighbours differ by one. */
  readonly at: number
}

export function termsOf(text: string): Term[] {
  const terms: Term[] = []
  let at = 0
  for (const [match] of text.normalize('NFKC').matchAll(word)) {
    if (terms.length >= termsMax) break
    at++
    if (withoutBlanks.test(match)) {
      for (const pair of pairsOf(match)) terms.push({ text: pair, at: at++ })
      continue
    }
    const term = termOf(match)
    if (term !== undefined) terms.push({ text: term, at })
  }
  return terms
}

function termOf(match: string): string | undefined {
  const plain = match
    .toLowerCase()
    .replace(/['’](?:s|d|ll|m|re|ve|t)$/u, '')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
  if (plain === '' || plain.length > termLengthMax || functionWords.has(plain)) return undefined
  return /^[a-z]+$/.test(plain) ? stemOf(plain) : plain
}

const stems = new Map<string, string>()
const stemsKept = 50_000

function stemOf(plain: string): string {
  let stem = stems.get(plain)
  if (stem === undefined) {
    if (stems.size >= stemsKept) stems.clear()
    stem = irregular[plain] ?? stemmer(plain)
    stems.set(plain, stem)
  }
  return stem
}

/** Forms that no rule for endings finds, by the stem of the word that they belong to. */
const irregular: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'go went gone goes',
    'buy bought',
    'bring brought',
    'think thought',
    'teach taught',
    'catch caught',
    'get got gotten',
    'give gave given',
    'take took taken',
    'make made',
    'meet met',
    'see saw seen',
    'say said',
    'tell told',
    'sell sold',
    'find found',
    'feel felt',
    'leave left',
    'lose lost',
    'keep kept',
    'sleep slept',
    'run ran',
    'begin began begun',
    'swim swam swum',
    'sing sang sung',
    'drink drank drunk',
    'write wrote written',
    'drive drove driven',
    'ride rode ridden',
    'speak spoke spoken',
    'break broke broken',
    'choose chose chosen',
    'eat ate eaten',
    'fall fell fallen',
    'grow grew grown',
    'know knew known',
    'draw drew drawn',
    'fly flew flown',
    'win won',
    'build built',
    'send sent',
    'spend spent',
    'lend lent',
    'hear heard',
    'hold held',
    'read',
    'lead led',
    'wear wore worn',
    'forget forgot forgotten',
    'become became',
    'come came',
    'child children',
    'man men',
    'woman women',
    'person people',
    'foot feet',
    'tooth teeth',
    'mouse mice',
    'life lives',
    'wife wives',
    'mom mum mother mama',
    'dad father papa',
    'kid kids',
    'pic pics picture photo photograph',
    'tv television',
  ].flatMap(line => {
    const [base = '', ...forms] = line.split(' ')
    return [base, ...forms].map(form => [form, stemmer(base)] as const)
  }),
)

function* pairsOf(text: string): Iterable<string> {
  const characters = [...text]
  if (characters.length === 1) yield text
  for (let i = 0; i + 1 < characters.length; i++) yield `${characters[i]}${characters[i + 1]}`
}
