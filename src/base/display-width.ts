import { lazily } from './lazily.ts'

/** Scripts whose characters take two columns of a terminal, and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu
/** Characters of which none has no width: compiling the classes below takes milliseconds, which few lines need. */
const upright =
  /^[\x20-\x7e\xa0-\u02ff\u0370-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*$/
const zeroWidth = lazily(() => /[\p{Mn}\p{Me}\u200b-\u200f\u2060-\u2064]|[\ufe00-\ufe0f]/gu)

/** Columns that a line takes in a terminal; good enough for wrapping and for tables. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  if (upright.test(text)) return text.length + (text.match(wide)?.length ?? 0)
  let width = 0
  for (const _ of text) width++
  return width + (text.match(wide)?.length ?? 0) - (text.match(zeroWidth())?.length ?? 0)
}

/** The beginning of a line that fits into so many columns. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let taken = ''
  let used = 0
  for (const character of text) {
    used += displayWidth(character)
    if (used > columns) break
    taken += character
  }
  return taken
}
