import { displayWidth } from '#base/display-width.ts'
import { cellsOf, type HtmlElement, rowsOf } from './tree.ts'

const columnWidthMax = 60

/** A data table as lines: Markdown with pipes, or columns in line for a terminal. */
export function dataTableLines(
  table: HtmlElement,
  cellText: (cell: HtmlElement) => string,
  mode: 'plain' | 'markdown',
): string[] {
  const rows = rowsOf(table)
    .map(row => cellsOf(row).map(cellText))
    .filter(row => row.some(cell => cell !== ''))
  const columns = Math.max(0, ...rows.map(row => row.length))
  if (columns === 0) return []
  const filled = rows.map(row => [...row, ...Array.from({ length: columns - row.length }, () => '')])
  if (mode === 'markdown') {
    const [head = [], ...body] = filled
    const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
    return [line(head), line(head.map(() => '---')), ...body.map(line)]
  }
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.min(columnWidthMax, Math.max(...filled.map(row => displayWidth(row[index] ?? '')))),
  )
  return filled.map(row =>
    row
      .map((cell, index) => padded(cell, widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}
