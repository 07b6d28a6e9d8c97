import { styleText } from 'node:util'
import { cutToWidth, displayWidth } from '#base/display-width.ts'
import { Failure } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import type { Option, Options } from '../../command.ts'
import type { Output } from '../../session.ts'

export const formats = ['table', 'json', 'jsonl', 'ids', 'csv'] as const
export type Format = (typeof formats)[number]

/** Options of every command that answers with rows. */
export const listingOptions = {
  format: { summary: 'How to answer', value: 'FORMAT', choices: formats },
  jsonl: { summary: 'One JSON document a line, the same as --format jsonl' },
  ids: { summary: 'Ids only, one a line, the same as --format ids' },
} as const satisfies Record<string, Option>

/** @param shorthands false for commands that declare `--format` alone */
export function formatOf(options: Options, output: Output, shorthands = true): Format {
  const given = [
    options.value('format'),
    shorthands && options.flag('jsonl') ? 'jsonl' : undefined,
    shorthands && options.flag('ids') ? 'ids' : undefined,
    output.json ? 'json' : undefined,
  ].filter(format => format !== undefined)
  if (new Set(given).size > 1)
    throw new Failure('usage', 'format_contradiction', `both ${given.join(' and ')} were asked for`)
  return formats.find(format => format === given[0]) ?? 'table'
}

export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  /** Columns share what the terminal has beyond the fixed ones; only one may grow. */
  readonly grows?: true
  readonly align?: 'right'
  /** What `--ids` gives, so that a table for a spreadsheet has it once. */
  readonly isId?: true
}

export interface Listing<Row> {
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly id: (row: Row) => string
  readonly json: (row: Row) => unknown
  /** What stands beside the items in `--format json`: cursor, totals. */
  readonly page?: Readonly<Record<string, unknown>>
  /** A row that a person should notice: unread mail. */
  readonly isStrong?: (row: Row) => boolean
}

/** Shows rows in the form that was asked for. `page` is talk on stderr where the form has no place for it. */
export function showListing<Row>(listing: Listing<Row>, format: Format, output: Output): void {
  const { rows, page = {} } = listing
  if (format === 'json') output.data({ schema_version: 1, items: rows.map(listing.json), ...page })
  if (format === 'jsonl') for (const row of rows) output.data(listing.json(row))
  if (format === 'ids') for (const row of rows) output.write(`${listing.id(row)}\n`)
  if (format === 'csv') output.write(csv(listing))
  if (format === 'table') output.write(tableOf(listing, output))
  const { next_cursor: cursor } = page
  if (format !== 'json' && typeof cursor === 'string') output.talk(`more: add --cursor ${cursor}`)
}

function csv<Row>({ rows, columns, id }: Listing<Row>): string {
  const hasId = columns.some(({ isId }) => isId === true)
  const all = hasId ? columns : [{ title: 'id', text: id }, ...columns]
  const lines = [all.map(({ title }) => title), ...rows.map(row => all.map(({ text }) => text(row)))]
  return lines.map(cells => `${cells.map(csvCell).join(',')}\r\n`).join('')
}

/** RFC 4180; a leading =, +, -, @ or tab would be a formula to a spreadsheet, so it is made text. */
function csvCell(value: string): string {
  const line = printableLine(value)
  const harmless = /^[=+\-@\t\r]/.test(line) ? `'${line}` : line
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

const gap = '  '
const growingMin = 12

function tableOf<Row>({ rows, columns, isStrong }: Listing<Row>, output: Output): string {
  const cells = rows.map(row => columns.map(({ text }) => printableLine(text(row))))
  const natural = columns.map(({ title }, column) =>
    Math.max(displayWidth(title), ...cells.map(line => displayWidth(line[column] ?? ''))),
  )
  const widths = shareColumns(columns, natural, output.isTerminal ? output.columns : Number.POSITIVE_INFINITY)
  const render = (line: readonly string[]) =>
    line
      .map((cell, column) =>
        fitted(cell, widths[column] ?? 0, columns[column]?.align === 'right', column === line.length - 1),
      )
      .join(gap)
      .trimEnd()
  const strong = (text: string) => (output.color ? styleText('bold', text, { validateStream: false }) : text)
  const head = output.isTerminal ? [strong(render(columns.map(({ title }) => title)))] : []
  const body = cells.map((line, index) => {
    const row = rows[index]
    return row !== undefined && isStrong?.(row) === true ? strong(render(line)) : render(line)
  })
  return rows.length === 0 ? '' : `${[...head, ...body].join('\n')}\n`
}

function shareColumns<Row>(columns: readonly Column<Row>[], natural: readonly number[], total: number): number[] {
  const growing = columns.findIndex(({ grows }) => grows === true)
  const fixed = natural.reduce((sum, each, column) => sum + (column === growing ? 0 : each), 0)
  const room = total - fixed - gap.length * (columns.length - 1)
  return natural.map((each, column) => (column === growing ? Math.max(growingMin, Math.min(each, room)) : each))
}

function fitted(text: string, columns: number, right: boolean, last: boolean): string {
  const cut = displayWidth(text) > columns ? `${cutToWidth(text, columns - 1)}…` : text
  const padding = ' '.repeat(Math.max(0, columns - displayWidth(cut)))
  if (right) return padding + cut
  return last ? cut : cut + padding
}
