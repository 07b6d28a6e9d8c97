/**
 * Text from outside (mail, memory, file names) on its way to a terminal. Control characters would let a sender move
 * the cursor, rename the window or answer on the person's behalf; bidirectional controls let a text read otherwise
 * than it is. Both are shown as visible escapes, so that nothing is silently lost.
 */

// C0 but tab and newline, DEL, C1, bidi controls, line and paragraph separators, zero-width and BOM, tag characters.
// The joiners U+200C and U+200D stay: Persian, Indic scripts and emoji cannot be written without them.
const unsafe =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

/** Keeps line breaks and tabs. */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unsafe, visible)
}

/** For one cell or one line: breaks and tabs become spaces too. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '))
}

/** The same as data to be dropped rather than shown, for places where escapes would only be noise (a table's cell). */
export function stripped(text: string): string {
  return text.replace(unsafe, '')
}

/**
 * JSON that is also harmless to a terminal: `JSON.stringify` escapes C0 alone, and leaves DEL, C1 (a
 * terminal may read U+009B as the beginning of a sequence) and the marks of direction as they are. Reads back the same.
 */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unsafe, escapedInJson)
}

function escapedInJson(character: string): string {
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map(unit => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('')
}

function visible(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0
  return codePoint <= 0xff ? `\\x${codePoint.toString(16).padStart(2, '0')}` : `\\u{${codePoint.toString(16)}}`
}
