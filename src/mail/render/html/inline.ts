import { cellsOf, type HtmlElement } from './tree.ts'

/** Puts a mark around the words of a text, not around the blanks beside them. */
export function surrounded(text: string, mark: string): string {
  const inside = text.trim()
  if (inside === '' || inside.includes('\n')) return text
  const start = text.indexOf(inside)
  return text.slice(0, start) + mark + inside + mark + text.slice(start + inside.length)
}

/** All text of an element, its white space as it stands. */
export function textOf(element: HtmlElement): string {
  let text = ''
  for (const child of element.children) {
    text += typeof child === 'string' ? child : child.info.name === 'br' ? '\n' : textOf(child)
  }
  return text
}

/** A fence longer than any that the code itself holds. */
export function fenceFor(lines: readonly string[]): string {
  let longest = 2
  for (const line of lines) longest = Math.max(longest, /^\s*(`*)/.exec(line)?.[1]?.length ?? 0)
  return '`'.repeat(longest + 1)
}

const shortRowMax = 100

/** A row of a layout table that reads as one line. */
export function isShortRow(row: HtmlElement): boolean {
  const cells = cellsOf(row)
  return cells.length > 1 && row.textLength <= shortRowMax && cells.every(cell => !cell.hasTable && !cell.hasBlock)
}
