/**
 * A command as a person writes it in one text, split as a shell would: blanks part words, quotes and backslashes keep
 * them together. Nothing is expanded and nothing is run: `$EDITOR` and `--password-command` mean words, not scripts.
 * Undefined when a quote is left open.
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = []
  let word = ''
  let isWord = false
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at)
    if (quote === '' && /\s/.test(sign)) {
      if (isWord) words.push(word)
      word = ''
      isWord = false
    } else if (sign === quote) quote = ''
    else if (quote === '' && (sign === '"' || sign === "'")) {
      quote = sign
      isWord = true
    } else if (sign === '\\' && quote !== "'" && at + 1 < text.length) {
      word += text.charAt(++at)
      isWord = true
    } else {
      word += sign
      isWord = true
    }
  }
  if (isWord) words.push(word)
  return quote === '' ? words : undefined
}
