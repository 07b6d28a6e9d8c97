import { expect, test } from 'vitest'
import { loadedAlone, tableFor } from '#cli/rooms.ts'
import { table } from '#cli/table.ts'
import { firstWordOf } from '../../src/cli/parse.ts'

test.each(Object.keys(loadedAlone))('%s is the same command, found alone or in the table of all', async name => {
  const alone = (await tableFor(name)).subcommands?.filter(each => each.name === name)
  expect(alone).toHaveLength(1)
  expect(table.subcommands).toContain(alone?.[0])
})

test.each([undefined, 'help', 'serach', 'constructor', '__proto__'])('for %s all commands are there', async word => {
  expect(await tableFor(word)).toBe(table)
})

test.each([
  [['search', 'x'], 'search'],
  [['--json', 'search'], 'search'],
  [['--color', 'never', '--demo', 'count'], 'count'],
  [['--as', 'reader', 'show'], 'show'],
  [['--color=never', 'count'], 'count'],
  [['--', 'search'], undefined],
  [['--help'], undefined],
  [[], undefined],
] as const)('the first word of %j is %s', (args, word) => {
  expect(firstWordOf(args)).toBe(word)
})
