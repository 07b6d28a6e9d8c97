const charsPerToken = 3.5

/**
 * How many tokens a text takes at most in the vocabularies of today's models, estimated without any of them: 3.5
 * characters of ASCII each, one for any other character. It rather says too many than too few.
 */
export function tokensOf(text: string): number {
  let ascii = 0
  let others = 0
  for (const character of text) {
    if (character.charCodeAt(0) < 0x80) ascii++
    else others++
  }
  return Math.ceil(ascii / charsPerToken) + others
}
