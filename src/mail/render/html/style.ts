import { type Colour, colourOf, unknownColour } from './colour.ts'
import { decodeEntities } from './entities.ts'

/** Why text that is in the source is not to be seen. The codes are a contract: the gate branches on them. */
export type HiddenReason =
  | 'display_none'
  | 'visibility_hidden'
  | 'zero_size'
  | 'tiny_font'
  | 'transparent'
  | 'same_colour'
  | 'off_screen'
  | 'comment'

/** What a style says that matters for what is seen. Undefined: nothing said. */
export interface StyleFacts {
  /** Hides the element and everything in it; nothing inside can undo it. */
  readonly hides: HiddenReason | undefined
  /** These pass on to what is inside, which may say otherwise. */
  readonly visible: boolean | undefined
  readonly tinyFont: boolean | undefined
  readonly colour: Colour | undefined
  readonly background: Colour | undefined
}

export const noFacts: StyleFacts = {
  hides: undefined,
  visible: undefined,
  tinyFont: undefined,
  colour: undefined,
  background: undefined,
}

/** What `second` says goes before what `first` says. */
export function mergedFacts(first: StyleFacts, second: StyleFacts): StyleFacts {
  if (first === noFacts) return second
  if (second === noFacts) return first
  return {
    hides: second.hides ?? first.hides,
    visible: second.visible ?? first.visible,
    tinyFont: second.tinyFont ?? first.tinyFont,
    colour: second.colour ?? first.colour,
    background: second.background ?? first.background,
  }
}

const cacheMax = 2000
const styleLengthMax = 4000

/**
 * Reads style attributes where they stand. Newsletters repeat the same few styles hundreds of times: each is read
 * once, and found again by a few of its characters.
 */
export class StyleReader {
  readonly #html: string
  readonly #codes: Uint16Array
  readonly #buckets = new Map<
    number,
    { readonly start: number; readonly length: number; readonly facts: StyleFacts }[]
  >()
  #size = 0

  constructor(html: string, codes: Uint16Array) {
    this.#html = html
    this.#codes = codes
  }

  read(start: number, end: number): StyleFacts {
    const codes = this.#codes
    const length = end - start
    const key =
      (length << 14) ^
      ((codes[start + (length >> 1)] ?? 0) << 7) ^
      (codes[end - (length >> 2) - 1] ?? 0) ^
      (codes[end - 2] ?? 0)
    const bucket = this.#buckets.get(key)
    if (bucket !== undefined) {
      for (const known of bucket) {
        if (known.length === length && isRepeated(codes, known.start, start, length)) return known.facts
      }
    }
    const facts = readStyle(this.#html.slice(start, end))
    if (this.#size >= cacheMax || (bucket?.length ?? 0) >= bucketMax) return facts
    this.#size++
    if (bucket === undefined) this.#buckets.set(key, [{ start, length, facts }])
    else bucket.push({ start, length, facts })
    return facts
  }
}

function isRepeated(codes: Uint16Array, first: number, second: number, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (codes[first + index] !== codes[second + index]) return false
  }
  return true
}

const bucketMax = 8

/** Reads declarations as a browser does: escapes, comments, capitals and `!important` do not hide what they say. */
export function readStyle(style: string): StyleFacts {
  const plain = unescaped(decodeEntities(style.slice(0, styleLengthMax))).toLowerCase()
  const values = new Map<string, string>()
  for (const declaration of plain.split(';')) {
    const colon = declaration.indexOf(':')
    if (colon < 0) continue
    const important = declaration.indexOf('!', colon)
    values.set(
      declaration.slice(0, colon).trim(),
      declaration.slice(colon + 1, important < 0 ? undefined : important).trim(),
    )
  }
  return values.size === 0 ? noFacts : factsOf(values)
}

function unescaped(style: string): string {
  let plain = style
  if (plain.includes('/*')) plain = withoutComments(plain)
  if (!plain.includes('\\')) return plain
  return plain.replace(/\\(?:([0-9a-fA-F]{1,6})\s?|(.))/gs, (_, hex: string | undefined, other: string | undefined) => {
    const code = hex === undefined ? 0 : Number.parseInt(hex, 16)
    return other ?? (code === 0 || code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code))
  })
}

export function withoutComments(css: string): string {
  let result = ''
  let position = 0
  for (;;) {
    const start = css.indexOf('/*', position)
    if (start < 0) return result + css.slice(position)
    result += css.slice(position, start)
    const end = css.indexOf('*/', start + 2)
    if (end < 0) return result
    position = end + 2
  }
}

function factsOf(values: ReadonlyMap<string, string>): StyleFacts {
  const visibility = values.get('visibility')
  const colour = values.get('color')
  const facts = {
    hides: hidesWith(values),
    visible: visibility === undefined ? undefined : visibility !== 'hidden' && visibility !== 'collapse',
    tinyFont: tinyFontIn(values.get('font-size') ?? fontSizeIn(values.get('font'))),
    colour: colour === undefined || colour === 'inherit' ? undefined : colourOf(colour),
    background: backgroundOf(values),
  }
  return Object.values(facts).every(fact => fact === undefined) ? noFacts : facts
}

const opacityMin = 0.1
const offScreenPixels = 500

function hidesWith(values: ReadonlyMap<string, string>): HiddenReason | undefined {
  const value = (name: string): string => values.get(name) ?? ''
  if (value('display') === 'none' || value('content-visibility') === 'hidden') return 'display_none'
  const opacity = value('opacity')
  if (opacity !== '' && numberOf(opacity) / (opacity.endsWith('%') ? 100 : 1) < opacityMin) return 'transparent'
  if (/^(?:alpha\(opacity=0\)|opacity\(0%?\))$/.test(value('filter'))) return 'transparent'
  const clips = /^(?:hidden|clip)/.test(value('overflow')) || /^(?:hidden|clip)/.test(value('overflow-y'))
  const sizes = ['height', 'max-height', 'width', 'max-width'].map(value)
  if (clips && sizes.some(size => /^[01](?:\.\d+)?(?:px|pt|em|rem|%|vh|vw)?$/.test(size))) return 'zero_size'
  if (/scale[xy3d]*\(\s*0(?:\.0\d*)?\s*[,)]/.test(value('transform'))) return 'zero_size'
  if (
    /^rect\(\s*0/.test(value('clip')) &&
    /rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?\s*\)/.test(value('clip'))
  )
    return 'zero_size'
  if (/^(?:inset\(\s*(?:50|100)%|circle\(\s*0)/.test(value('clip-path'))) return 'zero_size'
  if (numberOf(value('text-indent')) <= -offScreenPixels) return 'off_screen'
  const isPositioned = /^(?:absolute|fixed|relative)$/.test(value('position'))
  const sides = ['left', 'top', 'right', 'bottom'].map(value)
  if (isPositioned && sides.some(side => numberOf(side) <= -offScreenPixels)) return 'off_screen'
  if (['margin-left', 'margin-top', 'margin'].some(name => numberOf(value(name)) <= -offScreenPixels))
    return 'off_screen'
  return undefined
}

function numberOf(value: string): number {
  const number = Number.parseFloat(value)
  return Number.isNaN(number) ? 1 : number
}

function fontSizeIn(font: string | undefined): string | undefined {
  return font === undefined ? undefined : /(?:^|\s)([\d.]+(?:px|pt|em|rem|%))(?:\/|\s)/.exec(font)?.[1]
}

const readableMin: Readonly<Record<string, number>> = { px: 2, pt: 1.5, em: 0.15, rem: 0.15, '%': 15 }

/** Whether a font size cannot be read. A relative size is relative to what is around it, so it undoes nothing. */
function tinyFontIn(size: string | undefined): boolean | undefined {
  if (size === undefined || /^(?:inherit|unset|smaller|larger)$/.test(size)) return undefined
  const match = /^([\d.]+)(px|pt|em|rem|%)?$/.exec(size)
  if (match === null) return false
  const unit = match[2] ?? 'px'
  if (Number.parseFloat(match[1] ?? '') < (readableMin[unit] ?? 0)) return true
  return unit === 'em' || unit === '%' ? undefined : false
}

/** An image or gradient may have any colour: nothing can be said of text on it. */
function backgroundOf(values: ReadonlyMap<string, string>): Colour | undefined {
  const image = values.get('background-image')
  if (image !== undefined && image !== 'none') return unknownColour
  const colour = values.get('background-color')
  if (colour !== undefined) return colourOf(colour)
  const background = values.get('background')
  if (background === undefined) return undefined
  if (/url\(|gradient\(/.test(background)) return unknownColour
  const first = /^(?:rgba?\([^)]*\)|[^\s(]+)/.exec(background)?.[0] ?? ''
  return first === 'none' || first === 'initial' ? undefined : colourOf(first)
}
