/** Characters that would hide or reorder text in a message are spelled out, so that an error shows what was written. */
const hidden = /[\p{C}\p{Zl}\p{Zp}\p{Zs}\p{Grapheme_Extend}]/u

/** Text as messages quote it: `"a\nb"`. */
export function quoted(text: string): string {
  let out = '"'
  for (const character of text) out += character === '"' ? '\\"' : escaped(character)
  return `${out}"`
}

function escaped(character: string): string {
  switch (character) {
    case '\0':
      return '\\0'
    case '\t':
      return '\\t'
    case '\r':
      return '\\r'
    case '\n':
      return '\\n'
    case '\\':
      return '\\\\'
    case ' ':
      return ' '
  }
  return hidden.test(character) ? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}` : character
}
