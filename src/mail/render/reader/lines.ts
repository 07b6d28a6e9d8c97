import type { RenderedLine } from '../html/writer.ts'

/** A line of the text that is being read, with what is known of it. Stages look at lines and only mark them. */
export interface ReaderLine {
  readonly text: string
  /** Quoted by its mark (`>`) or by what contains it. */
  readonly quoted: boolean
  removedBy: Stage | undefined
}

export const stages = ['quotes', 'signature', 'boilerplate', 'footer'] as const
export type Stage = (typeof stages)[number]

const quoteMark = /^\s{0,3}(?:>|\|(?=\s)|[A-Z]{1,3}>)/

export function readerLines(rendered: readonly RenderedLine[]): ReaderLine[] {
  return rendered.map(line => ({
    text: line.text,
    quoted: line.quoted || quoteMark.test(line.text),
    removedBy: undefined,
  }))
}

export function isBlank(line: ReaderLine | undefined): boolean {
  return line === undefined || line.text.trim() === ''
}

/** One behind the last line that is still there and not blank; 0 when none is. */
export function endOfKept(lines: readonly ReaderLine[]): number {
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]
    if (line !== undefined && line.removedBy === undefined && !isBlank(line)) return index + 1
  }
  return 0
}

/** Marks lines from `start` on as removed, unless nothing that the sender wrote would be left before them. */
export function removeFrom(lines: readonly ReaderLine[], start: number, end: number, stage: Stage): boolean {
  const leaves = lines.slice(0, start).some(line => line.removedBy === undefined && !isBlank(line) && !line.quoted)
  if (!leaves) return false
  for (const line of lines.slice(start, end)) line.removedBy ??= stage
  return true
}
