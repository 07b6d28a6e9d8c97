import { Buffer } from 'node:buffer'

/** What the readers of HTML need to know of an element. */
export interface ElementInfo {
  readonly name: string
  readonly isBlock: boolean
  /** Has no content and no end tag. */
  readonly isVoid: boolean
  /** Its content is never shown as text. */
  readonly isSkipped: boolean
  /** Its content is characters up to its own end tag (HTML standard, RCDATA and raw text states). */
  readonly isRaw: boolean
  /** Opening it ends an open paragraph (HTML standard, "in body"). */
  readonly endsParagraph: boolean
  /** The open elements that it ends when it begins, and where looking for them stops. */
  readonly ends: ReadonlySet<string> | undefined
  readonly within: ReadonlySet<string> | undefined
  /** An end tag inside of it does not end what is around it. */
  readonly isScope: boolean
  readonly isTable: boolean
  /** Colours may stand in its attributes. */
  readonly isColoured: boolean
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '))
}

const voids = words(
  'area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr',
)
const raws = words('script style title textarea xmp iframe noembed noframes')
const skipped = words(
  'head template object applet audio video canvas svg math select datalist map rp script style title iframe noembed noframes',
)
const blocks = words(
  'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p pre section summary table tbody td tfoot th thead title tr ul',
)
const afterParagraph = words(
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre section table ul',
)
const scopes = words('table td th caption html')
const tables = words('table tbody thead tfoot tr td th caption html body')
const coloured = words('font body table tr td th')

const listItems = { ends: words('li'), within: words('ul ol menu dir table td th') }
const terms = { ends: words('dt dd'), within: words('dl table td th') }
const cells = { ends: words('td th'), within: words('tr table') }
const sections = { ends: words('tbody thead tfoot tr'), within: words('table') }
const implied: ReadonlyMap<string, { readonly ends: ReadonlySet<string>; readonly within: ReadonlySet<string> }> =
  new Map([
    ['li', listItems],
    ['dt', terms],
    ['dd', terms],
    ['td', cells],
    ['th', cells],
    ['tr', { ends: words('tr'), within: words('table') }],
    ['tbody', sections],
    ['tfoot', sections],
    ['option', { ends: words('option'), within: words('select') }],
  ])

/** A paragraph is looked for inside of the nearest block only. */
export const paragraphs = words('p')
export const blockNames = blocks

function describe(name: string): ElementInfo {
  const rule = implied.get(name)
  return {
    name,
    isBlock: blocks.has(name),
    isVoid: voids.has(name),
    isSkipped: skipped.has(name),
    isRaw: raws.has(name),
    endsParagraph: afterParagraph.has(name),
    ends: rule?.ends,
    within: rule?.within,
    isScope: scopes.has(name),
    isTable: tables.has(name),
    isColoured: coloured.has(name),
  }
}

const bucketsCount = 1024
const nameLengthMax = 32
const buckets: { readonly info: ElementInfo; readonly codes: Uint16Array }[][] = Array.from(
  { length: bucketsCount },
  () => [],
)
const inline = words(
  'a abbr acronym b big cite code del dfn em font i ins kbd label mark o:p q s samp small span strike strong sub sup tt u var',
)
for (const name of new Set([...blocks, ...voids, ...raws, ...skipped, ...inline])) {
  const codes = codesOf(name)
  buckets[hashOf(codes, 0, name.length)]?.push({ info: describe(name), codes })
}

/** The code units of a string and a zero behind them: loops over them are several times as fast as over the string. */
export function codesOf(text: string): Uint16Array {
  const codes = new Uint16Array(text.length + 1)
  Buffer.from(codes.buffer).write(text, 'utf16le')
  return codes
}

/**
 * The element whose name stands between two offsets, in any case. Unknown ones are inline.
 * Tags are most of what a newsletter consists of: this costs no string and no look-up in a map.
 */
export function elementAt(codes: Uint16Array, start: number, end: number): ElementInfo {
  for (const known of buckets[hashOf(codes, start, end)] ?? []) {
    if (known.info.name.length === end - start && isSame(codes, start, known.codes, end - start)) return known.info
  }
  const name = String.fromCharCode(...codes.subarray(start, Math.min(end, start + nameLengthMax)))
  return describe(name.toLowerCase())
}

export function elementNamed(name: string): ElementInfo {
  return elementAt(codesOf(name), 0, name.length)
}

/** Whether the lower-case word stands at the offset, in any case. */
export function isSame(codes: Uint16Array, start: number, word: Uint16Array, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (((codes[start + index] ?? 0) | 32) !== word[index]) return false
  }
  return true
}

function hashOf(codes: Uint16Array, start: number, end: number): number {
  let hash = 0
  const stop = Math.min(end, start + nameLengthMax)
  for (let index = start; index < stop; index++) hash = (hash * 33 + ((codes[index] ?? 0) | 32)) & 0xfffff
  return hash % bucketsCount
}
