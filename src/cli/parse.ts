import { parseArgs } from 'node:util'
import { Failure } from '#base/failure.ts'
import { nearest } from '#base/nearest.ts'
import type { Command, Invocation, Option, Options, Positional } from './command.ts'

/** Options that every command takes, before or after its name. */
export const globalOptions = {
  help: { summary: 'Show help for the command', short: 'h' },
  json: { summary: 'Answer with JSON on stdout, errors included' },
  color: { summary: 'Use colour: auto, always or never', value: 'WHEN', choices: ['auto', 'always', 'never'] },
  quiet: { summary: 'Say nothing on stderr but errors', short: 'q' },
  demo: { summary: "Work on the demo's mailbox and memory, never on the real ones" },
  as: { summary: 'Do no more than this profile may, as an agent would', value: 'PROFILE' },
} as const satisfies Record<string, Option>

/** Those whose value is the next word. */
const valued: ReadonlySet<string> = new Set(
  Object.entries<Option>(globalOptions).flatMap(([name, { value }]) => (value === undefined ? [] : [name])),
)

export interface Parsed {
  readonly command: Command
  readonly invocation: Invocation
}

/**
 * Words to an invocation. Pure; every refusal is a `usage` failure that names what was meant, if that can be guessed.
 *
 * @param root the table's top: a command without `load` whose subcommands are the program's commands
 */
export function parseCommandLine(root: Command, args: readonly string[]): Parsed {
  const { command, path, rest } = chooseCommand(root, args)
  const specs: Readonly<Record<string, Option>> = { ...globalOptions, ...command.options }
  const end = command.verbatim === true ? endOfOwn(rest, specs) : rest.length
  const { tokens } = parseArgs({
    args: rest.slice(0, end),
    options: parserOptions(specs),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const given = new Map<string, string[]>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind === 'option') collect(given, checkedOption(token, specs, path))
  }
  const foreign = rest.slice(end)
  positionals.push(...(foreign[0] === '--' ? foreign.slice(1) : foreign))
  for (const [name, values] of given) {
    if (specs[name]?.many !== true && values.length > 1 && specs[name]?.value !== undefined) {
      throw usage('option_repeated', `--${name} was given ${values.length} times`, path)
    }
  }
  // Help is answered whatever else is missing: that is when it is needed.
  if (!given.has('help') && command.load !== undefined) checkPositionals(command, positionals, path)
  return { command, invocation: { path, positionals, options: optionsOf(given, specs) } }
}

/** The word that chooses among the program's commands; undefined when there is none. */
export function firstWordOf(args: readonly string[]): string | undefined {
  for (let index = 0; index < args.length; index++) {
    const word = args[index]
    if (word === undefined || word === '--') return undefined
    if (!word.startsWith('-')) return word
    if (word.startsWith('--') && valued.has(word.slice(2))) index++
  }
  return undefined
}

function chooseCommand(root: Command, args: readonly string[]): { command: Command; path: string[]; rest: string[] } {
  let command = root
  const path: string[] = []
  const rest: string[] = []
  let index = 0
  for (; index < args.length; index++) {
    const word = args[index]
    if (word === undefined || word === '--') break
    if (word.startsWith('-')) {
      rest.push(word)
      const takesNext = word.startsWith('--') && valued.has(word.slice(2))
      const next = args[index + 1]
      if (takesNext && next !== undefined) {
        rest.push(next)
        index++
      }
      continue
    }
    const subcommands = command.subcommands
    if (subcommands === undefined) break
    const chosen = subcommands.find(({ name }) => name === word)
    if (chosen === undefined) throw unknownCommand(word, path, subcommands)
    command = chosen
    path.push(word)
    if (chosen.subcommands === undefined) {
      index++
      break
    }
  }
  return { command, path, rest: [...rest, ...args.slice(index)] }
}

/** Where the words of another program begin: at the first that is no option of ours, or at `--`. */
function endOfOwn(words: readonly string[], specs: Readonly<Record<string, Option>>): number {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--' || word === '-' || !word.startsWith('-')) return index
    const name = /^--([^=]+)$/.exec(word)?.[1] ?? longNameOf(word, specs)
    const spec = name !== undefined && Object.hasOwn(specs, name) ? specs[name] : undefined
    if (spec?.value !== undefined) index++
  }
  return words.length
}

function longNameOf(word: string, specs: Readonly<Record<string, Option>>): string | undefined {
  const short = /^-([^-])$/.exec(word)?.[1]
  return short === undefined ? undefined : Object.keys(specs).find(name => specs[name]?.short === short)
}

function unknownCommand(word: string, path: readonly string[], among: readonly Command[]): Failure {
  const meant = nearest(
    word,
    among.map(({ name }) => name),
  )
  const prefix = ['postern', ...path].join(' ')
  const shown = word.length > 64 ? `${word.slice(0, 64)}…` : word
  const hint = meant === undefined ? '' : `; did you mean "${[...path, meant].join(' ')}"?`
  return new Failure('usage', 'unknown_command', `there is no command "${[...path, shown].join(' ')}"${hint}`, {
    next: meant === undefined ? `${prefix} --help` : `${prefix} ${meant}`,
  })
}

type OptionToken = { name: string; rawName: string; value?: string | undefined; inlineValue?: boolean | undefined }

function checkedOption(
  token: OptionToken,
  specs: Readonly<Record<string, Option>>,
  path: readonly string[],
): { name: string; value: string } {
  const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined
  if (spec === undefined) {
    const meant = nearest(token.name, Object.keys(specs))
    const hint = meant === undefined ? '' : `; did you mean --${meant}?`
    throw usage('unknown_option', `unknown option ${token.rawName}${hint}`, path)
  }
  if (spec.value === undefined) {
    if (token.value !== undefined) throw usage('option_takes_no_value', `--${token.name} takes no value`, path)
    return { name: token.name, value: '' }
  }
  if (token.value === undefined) throw usage('option_needs_value', `--${token.name} needs a ${spec.value}`, path)
  checkChoice(`--${token.name}`, token.value, spec.choices, path)
  return { name: token.name, value: token.value }
}

function checkPositionals(command: Command, given: readonly string[], path: readonly string[]): void {
  const specs = command.positionals ?? []
  const required = specs.filter(spec => spec.required === true).length
  if (given.length < required) {
    throw usage('argument_missing', `${path.join(' ')} needs ${specs[given.length]?.name ?? 'an argument'}`, path)
  }
  const last = specs.at(-1)
  if (given.length > specs.length && last?.many !== true) {
    throw usage('too_many_arguments', `unexpected argument "${given[specs.length]}"`, path)
  }
  given.forEach((value, index) => {
    const spec: Positional | undefined = specs[index] ?? last
    checkChoice(spec?.name ?? 'argument', value, spec?.choices, path)
  })
}

function checkChoice(
  what: string,
  value: string,
  choices: readonly string[] | undefined,
  path: readonly string[],
): void {
  if (choices === undefined || choices.includes(value)) return
  const meant = nearest(value, choices)
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  throw usage('invalid_choice', `${what} must be one of ${choices.join(', ')}, not "${value}"${hint}`, path)
}

function collect(given: Map<string, string[]>, { name, value }: { name: string; value: string }): void {
  given.set(name, [...(given.get(name) ?? []), value])
}

function parserOptions(specs: Readonly<Record<string, Option>>) {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { short, value }]) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  )
}

function optionsOf(given: ReadonlyMap<string, readonly string[]>, specs: Readonly<Record<string, Option>>): Options {
  const known = (name: string) => {
    if (!Object.hasOwn(specs, name)) throw new Error(`the command does not declare --${name}`)
    return given.get(name)
  }
  return {
    flag: name => known(name) !== undefined,
    value: name => known(name)?.[0],
    values: name => known(name) ?? [],
  }
}

function usage(code: string, message: string, path: readonly string[]): Failure {
  return new Failure('usage', code, message, { next: `${['postern', ...path].join(' ')} --help` })
}
