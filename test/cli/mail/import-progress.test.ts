import { expect, test } from 'vitest'
import { progressTeller } from '../../../src/cli/commands/mail/import-progress.ts'

function watching() {
  const lines: string[] = []
  let seconds = 0
  const tell = progressTeller(
    line => lines.push(line),
    () => seconds,
  )
  const report = { boxes: 1, imported: 0, skipped: 0, defective: 0, withDefects: 0, changed: 0, troubles: 0, bytes: 0 }
  return {
    lines,
    at: (second: number, imported: number, skipped = 0, phase: 'storing' | 'tidying' = 'storing') => {
      seconds = second
      tell({ report: { ...report, imported, skipped }, folder: 'IN\u001b[2JBOX', phase })
    },
  }
}

test('an import that is over within a second is not talked about', () => {
  const { lines, at } = watching()
  at(0.2, 10)
  at(0.999, 900)
  expect(lines).toEqual([])
})

test('a longer one says how many, how fast and where, five times a second at most', () => {
  const { lines, at } = watching()
  at(1, 1_500, 500)
  at(1.1, 1_600)
  at(1.5, 3_000)
  at(2, 1_234_000, 0, 'tidying')
  expect(lines).toEqual([
    expect.stringMatching(/^1,500 imported, 500 here already, 2,000\/s {2}IN.*BOX$/),
    expect.stringMatching(/^3,000 imported, 0 here already, 2,000\/s/),
    '1,234,000 imported, 0 here already, 617,000/s  tidying the index',
  ])
  expect(lines.join()).not.toContain('\u001b')
})
