import { styleText } from 'node:util'
import type { Command, Option, Positional } from './command.ts'
import { globalOptions } from './parse.ts'

const lineWidthMax = 100

/** Help for people: what it does, how it is called, two or three calls that can be pasted. */
export function helpFor(
  command: Command,
  path: readonly string[],
  { color, columns }: { readonly color: boolean; readonly columns: number },
): string {
  const bold = (text: string) => (color ? styleText('bold', text, { validateStream: false }) : text)
  const width = Math.min(columns, lineWidthMax)
  const sections = [
    `${bold(['postern', ...path].join(' '))}: ${command.summary}`,
    `${bold('Usage')}\n  ${usageOf(command, path)}`,
    ...(command.description === undefined ? [] : [wrap(command.description, width)]),
    ...section(
      bold('Commands'),
      (command.subcommands ?? []).map(({ name, summary }) => [name, summary]),
      width,
    ),
    ...section(
      bold('Arguments'),
      (command.positionals ?? []).map(p => [p.name, described(p.summary, p.choices)]),
      width,
    ),
    ...section(bold('Options'), optionRows(command.options ?? {}), width),
    ...section(bold('Options of every command'), optionRows(globalOptions), width),
    ...exampleSection(bold('Examples'), command),
  ]
  return `${sections.join('\n\n')}\n`
}

export function usageOf(command: Command, path: readonly string[]): string {
  const words = ['postern', ...path]
  if (command.subcommands !== undefined) words.push('COMMAND')
  words.push('[OPTIONS]', ...(command.positionals ?? []).map(placeholder))
  return words.join(' ')
}

export function optionRows(options: Readonly<Record<string, Option>>): [string, string][] {
  return Object.entries(options).map(([name, { short, value, summary, choices }]) => [
    `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    described(summary, choices),
  ])
}

function described(summary: string, choices: readonly string[] | undefined): string {
  return choices === undefined || summary.includes(choices[0] ?? '') ? summary : `${summary} (${choices.join(', ')})`
}

function placeholder({ name, required, many }: Positional): string {
  const word = `${name}${many === true ? '…' : ''}`
  return required === true ? word : `[${word}]`
}

function exampleSection(title: string, { examples }: Command): string[] {
  if (examples === undefined || examples.length === 0) return []
  return [`${title}\n${examples.map(({ command, why }) => `  ${command}\n      ${why}`).join('\n')}`]
}

function section(title: string, rows: readonly (readonly [string, string])[], width: number): string[] {
  if (rows.length === 0) return []
  const left = Math.max(...rows.map(([name]) => name.length)) + 4
  const lines = rows.map(([name, text]) => {
    const [first = '', ...more] = wrap(text, Math.max(width - left, 30)).split('\n')
    return [`  ${name.padEnd(left - 2)}${first}`, ...more.map(line => ' '.repeat(left) + line)].join('\n')
  })
  return [`${title}\n${lines.join('\n')}`]
}

/** Breaks each paragraph at spaces; lines that are indented (code) stay as they are. */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .map(line => (line.startsWith(' ') ? line : wrapLine(line, width)))
    .join('\n')
}

function wrapLine(line: string, width: number): string {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current)
      current = word
    } else {
      current = current === '' ? word : `${current} ${word}`
    }
  }
  return [...lines, current].join('\n')
}
