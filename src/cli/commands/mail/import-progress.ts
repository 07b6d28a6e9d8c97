import { printableLine } from '#base/printable.ts'
import type { Progress } from '#mail/import/index.ts'

const everySeconds = 0.2
const quietSeconds = 1

/** Tells how far an import is: nothing in its first second, then at most five lines in one. */
export function progressTeller(show: (line: string) => void, secondsNow: () => number): (progress: Progress) => void {
  let next = quietSeconds
  return ({ report: { imported, skipped }, folder, phase }) => {
    const seconds = secondsNow()
    if (seconds < next) return
    next = seconds + everySeconds
    const where = phase === 'tidying' ? 'tidying the index' : printableLine(folder)
    const rate = grouped(Math.round((imported + skipped) / seconds))
    show(`${grouped(imported)} imported, ${grouped(skipped)} here already, ${rate}/s  ${where}`)
  }
}

/** 1234567 as 1,234,567. */
export function grouped(value: number): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ',')
}
