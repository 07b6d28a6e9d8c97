import { bidiMarks, controlMarks, zeroWidthMarks } from './characters.ts'

/** Characters that are in a text and not to be seen, which a person reads past and a program does not. */
export interface InvisibleFacts {
  /** Zero-width characters, soft hyphens, fillers. */
  readonly zeroWidth: number
  /** Marks that change the order in which characters are shown. */
  readonly bidi: number
  /** Tag characters and variation selectors in numbers: whole sentences can hide in them. */
  readonly tags: number
  /** Control characters besides tab and line break. */
  readonly controls: number
}

const bidi = new RegExp(`[${bidiMarks}]`, 'gu')
const zeroWidth = new RegExp(`[${zeroWidthMarks}]`, 'gu')
const controls = new RegExp(`[${controlMarks}]`, 'g')
const tags = /[\u{e0000}-\u{e0fff}]/gu
/** Joiners belong between letters of some scripts and between emoji; elsewhere they only hide. */
const joined = String.raw`\p{L}\p{M}\p{Extended_Pictographic}\ufe0f`
const joiner = String.raw`[\u200c\u200d]`
const joiners = new RegExp(
  `(?<![${joined}])${joiner}|${joiner}(?![${joined}])|(?<=[a-z])${joiner}|${joiner}(?=[a-z])`,
  'giu',
)
/** One variation selector may follow a character; a run of them carries data. */
const selectors = /(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]+/gu

export function invisibleFacts(text: string): InvisibleFacts {
  if (/^[\x20-\x7e\n\t]*$/.test(text)) return { zeroWidth: 0, bidi: 0, tags: 0, controls: 0 }
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0
  return {
    zeroWidth: count(zeroWidth) + count(joiners),
    bidi: count(bidi),
    tags: count(tags) + count(selectors),
    controls: count(controls),
  }
}

/** The text as a person sees it, without them. Line ends become line feeds. */
export function stripInvisible(text: string): string {
  if (/^[\x20-\x7e\n\t]*$/.test(text)) return text
  return text
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(controls, '')
    .replace(bidi, '')
    .replace(zeroWidth, '')
    .replace(tags, '')
    .replace(selectors, '')
    .replace(joiners, '')
}
