import { describe, expect, test } from 'vitest'
import type { Command } from '#cli/command.ts'
import { completionNodes } from '#cli/commands/shell/completion-nodes.ts'
import { manualPage } from '#cli/commands/shell/man.ts'
import { helpFor } from '#cli/help.ts'
import { globalOptions, parseCommandLine } from '#cli/parse.ts'
import { table } from '#cli/table.ts'

interface Entry {
  readonly path: readonly string[]
  readonly command: Command
}

function entries(command: Command, path: readonly string[] = []): Entry[] {
  return [{ path, command }, ...(command.subcommands ?? []).flatMap(sub => entries(sub, [...path, sub.name]))]
}

const commands = entries(table).filter(({ path }) => path.length > 0)

describe.each(commands.map(entry => [entry.path.join(' '), entry.command] as const))('%s', (line, command) => {
  test('says what it does in one line without a full stop', () => {
    expect(command.summary).not.toBe('')
    expect(command.summary).not.toMatch(/\.$|\n/)
  })

  test('either runs or has subcommands', () => {
    expect(command.load === undefined).toBe(command.subcommands !== undefined)
  })

  test('has examples that parse', () => {
    if (command.load === undefined) return
    expect(command.examples?.length ?? 0).toBeGreaterThan(0)
    for (const { command: example } of command.examples ?? []) {
      const calls = [...example.matchAll(/postern ((?:'[^']*'|"[^"$]*"|[^|<>&;)"'])*)/g)].map(([, words = '']) =>
        shellWords(words),
      )
      const paths = calls.map(words => parseCommandLine(table, words).invocation.path.join(' '))
      expect(paths).toContain(line)
    }
  })

  test('loads a module with a run function', async () => {
    if (command.load !== undefined) expect((await command.load()).run).toBeTypeOf('function')
  })

  test('declares no option twice, and none that every command has', () => {
    const shorts = Object.values({ ...globalOptions, ...command.options }).flatMap(option =>
      'short' in option ? [option.short] : [],
    )
    expect(new Set(shorts).size).toBe(shorts.length)
    for (const name of Object.keys(command.options ?? {})) expect(Object.keys(globalOptions)).not.toContain(name)
  })

  test('is in its help, the manual and the completions', () => {
    const help = helpFor(command, line.split(' '), { color: false, columns: 80 })
    expect(help).toContain(command.summary)
    for (const text of help.split('\n')) expect(text.length).toBeLessThanOrEqual(100)
    if (command.load !== undefined)
      expect(manualPage(table, '1')).toContain(`.SS postern ${line.replaceAll('-', '\\-')}`)
    expect(completionNodes(table).map(({ path }) => path)).toContain(line)
  })
})

test('the manual page has no line that roff would take for an unknown macro', () => {
  const known = /^\.(TH|SH|SS|TP|B|PP)\b/
  for (const line of manualPage(table, '1').split('\n')) if (/^[.']/.test(line)) expect(line).toMatch(known)
})

/** As a shell takes them apart, as far as examples go. */
function shellWords(text: string): string[] {
  return [...text.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replaceAll(/['"]/g, ''))
}
