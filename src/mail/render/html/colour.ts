/** A colour as 0xRRGGBB; -1 for one that is not known, -2 for one that is not there at all. */
export type Colour = number
export const unknownColour = -1
export const transparentColour = -2

const named: ReadonlyMap<string, Colour> = new Map([
  ...Object.entries({ black: 0, white: 0xffffff, snow: 0xfffafa, ivory: 0xfffff0, red: 0xff0000, green: 0x008000 }),
  ...Object.entries({ blue: 0x0000ff, yellow: 0xffff00, gray: 0x808080, grey: 0x808080, silver: 0xc0c0c0 }),
  ...Object.entries({ whitesmoke: 0xf5f5f5, ghostwhite: 0xf8f8ff, mintcream: 0xf5fffa, azure: 0xf0ffff }),
  ...Object.entries({ floralwhite: 0xfffaf0, navy: 0x000080, maroon: 0x800000, orange: 0xffa500, purple: 0x800080 }),
  ...Object.entries({ teal: 0x008080, lightgray: 0xd3d3d3, lightgrey: 0xd3d3d3, gainsboro: 0xdcdcdc }),
  ...Object.entries({ darkgray: 0xa9a9a9, darkgrey: 0xa9a9a9, transparent: transparentColour }),
])

const opaqueMin = 0.1

/** Reads a CSS colour or a `bgcolor` value, lower case. */
export function colourOf(value: string): Colour {
  const text = value.trim()
  const known = named.get(text)
  if (known !== undefined) return known
  const hex = /^#?([0-9a-f]{3,8})$/.exec(text)?.[1]
  if (hex !== undefined) return fromHex(hex)
  const parts = /^rgba?\(\s*([\d.]+%?)[\s,]+([\d.]+%?)[\s,]+([\d.]+%?)(?:[\s,/]+([\d.]+%?))?\s*\)$/.exec(text)
  if (parts === null) return unknownColour
  if (parts[4] !== undefined && share(parts[4], 1) < opaqueMin) return transparentColour
  const channel = (part = '0'): number => Math.min(255, Math.round(share(part, 255)))
  return (channel(parts[1]) << 16) | (channel(parts[2]) << 8) | channel(parts[3])
}

function share(part: string, whole: number): number {
  return part.endsWith('%') ? (Number.parseFloat(part) / 100) * whole : Number.parseFloat(part)
}

function fromHex(hex: string): Colour {
  const short = hex.length === 3 || hex.length === 4
  const digits = short ? [...hex].map(digit => digit + digit).join('') : hex
  if (digits.length !== 6 && digits.length !== 8) return unknownColour
  if (digits.length === 8 && Number.parseInt(digits.slice(6), 16) / 255 < opaqueMin) return transparentColour
  return Number.parseInt(digits.slice(0, 6), 16)
}

const differenceMin = 30

/** Whether text of one colour cannot be read on the other. */
export function isUnreadable(text: Colour, background: Colour): boolean {
  if (text === transparentColour) return true
  if (text < 0 || background < 0) return false
  const difference =
    Math.abs((text >> 16) - (background >> 16)) +
    Math.abs(((text >> 8) & 255) - ((background >> 8) & 255)) +
    Math.abs((text & 255) - (background & 255))
  return difference < differenceMin
}
