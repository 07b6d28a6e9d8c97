/** Escapes what Markdown would read as marks, and no more than that: text should stay readable as it is. */
export function escapeMarkdown(text: string): string {
  if (!/[\\`*_[\]<>#+|~=-]|\d[.)]/.test(text)) return text
  return text
    .replace(/[\\`*[\]|]/g, '\\$&')
    .replace(/(^|[^\p{L}\p{N}])_|_(?=$|[^\p{L}\p{N}])/gu, match => match.replace('_', '\\_'))
    .replace(/<(?=[A-Za-z/!?])/g, '\\<')
    .replace(/~~/g, '\\~~')
    .replace(/^( ?)(#{1,6} |>|[+-] |={3,}$|-{3,}$)/, '$1\\$2')
    .replace(/^( ?\d{1,9})([.)] )/, '$1\\$2')
}
