import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '#base/failure.ts'
import type { Command } from '#cli/command.ts'
import { parseCommandLine } from '#cli/parse.ts'
import { table } from '#cli/table.ts'

const load = async () => ({ run: async () => 'done' as const })
const root: Command = {
  name: 'postern',
  summary: '',
  subcommands: [
    {
      name: 'mail',
      summary: '',
      subcommands: [
        {
          name: 'search',
          summary: '',
          positionals: [{ name: 'QUERY', summary: '', required: true }],
          options: {
            limit: { summary: '', value: 'N', short: 'n' },
            sort: { summary: '', value: 'ORDER', choices: ['newest', 'oldest'] },
            label: { summary: '', value: 'LABEL', many: true },
            all: { summary: '' },
          },
          load,
        },
        { name: 'show', summary: '', positionals: [{ name: 'ID', summary: '', many: true }], load },
      ],
    },
  ],
}

const parse = (line: string) =>
  parseCommandLine(
    root,
    line.split(' ').filter(word => word !== ''),
  )

function refusal(line: string): Failure {
  try {
    parse(line)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('it was accepted')
}

test('an option of every command may stand before the command, with its value', () => {
  for (const line of ['--as reader mail search x', '--color never mail search x', 'mail --as=reader search x']) {
    expect(parse(line).invocation.path).toEqual(['mail', 'search'])
  }
  expect(parse('--as reader mail search x').invocation.options.value('as')).toBe('reader')
})

describe('refused with exit 2 and a way on:', () => {
  test.each([
    ['mial', 'unknown_command', 'there is no command "mial"; did you mean "mail"?', 'postern mail'],
    [
      'mail serach x',
      'unknown_command',
      'there is no command "mail serach"; did you mean "mail search"?',
      'postern mail search',
    ],
    ['zzzzzz', 'unknown_command', 'there is no command "zzzzzz"', 'postern --help'],
    [
      'mail search x --limt 3',
      'unknown_option',
      'unknown option --limt; did you mean --limit?',
      'postern mail search --help',
    ],
    ['mail search x -z', 'unknown_option', 'unknown option -z', 'postern mail search --help'],
    ['mail search x --limit', 'option_needs_value', '--limit needs a N', 'postern mail search --help'],
    ['mail search x --all=yes', 'option_takes_no_value', '--all takes no value', 'postern mail search --help'],
    ['mail search x --limit 1 --limit 2', 'option_repeated', '--limit was given 2 times', 'postern mail search --help'],
    [
      'mail search x --sort newst',
      'invalid_choice',
      '--sort must be one of newest, oldest, not "newst"; did you mean newest?',
      'postern mail search --help',
    ],
    ['mail search', 'argument_missing', 'mail search needs QUERY', 'postern mail search --help'],
    ['mail search x y', 'too_many_arguments', 'unexpected argument "y"', 'postern mail search --help'],
    ['mail search x --__proto__', 'unknown_option', 'unknown option --__proto__', 'postern mail search --help'],
    ['constructor', 'unknown_command', 'there is no command "constructor"', 'postern --help'],
  ])('%s', (line, code, message, next) => {
    expect(refusal(line)).toMatchObject({ exit: 'usage', code, message, next })
  })

  test('an endless word, without comparing it with everything', () => {
    expect(refusal('x'.repeat(100_000)).message.length).toBeLessThan(120)
  })
})

describe('understood:', () => {
  test('options before, between and after', () => {
    const { invocation } = parse('--json mail --quiet search -n 5 words --label a --label b')
    expect(invocation.path).toEqual(['mail', 'search'])
    expect(invocation.positionals).toEqual(['words'])
    expect(invocation.options.flag('json')).toBe(true)
    expect(invocation.options.flag('quiet')).toBe(true)
    expect(invocation.options.flag('all')).toBe(false)
    expect(invocation.options.value('limit')).toBe('5')
    expect(invocation.options.values('label')).toEqual(['a', 'b'])
  })

  test('everything after -- is an argument', () => {
    expect(parse('mail search -- --json').invocation.positionals).toEqual(['--json'])
  })

  test('a value of --color before the command', () => {
    expect(parse('--color never mail show').invocation.options.value('color')).toBe('never')
  })

  test('help, whatever is missing', () => {
    expect(parse('mail search --help').invocation.options.flag('help')).toBe(true)
  })

  test('many arguments where many are taken', () => {
    expect(parse('mail show 1 2 3').invocation.positionals).toEqual(['1', '2', '3'])
  })
})

test('asking for an option that the command does not declare is a bug', () => {
  expect(() => parse('mail show').invocation.options.flag('limit')).toThrow(/does not declare/)
})

test('any words are an invocation or a typed refusal', () => {
  const words = [
    'mail',
    'search',
    'config',
    '--',
    '-',
    '--json',
    '-n',
    '--limit',
    '--limit=',
    '=',
    '',
    '-abc',
    '--no-json',
  ]
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 8 }), args => {
      for (const top of [root, table]) {
        try {
          parseCommandLine(top, args)
        } catch (error) {
          expect(error).toBeInstanceOf(Failure)
        }
      }
    }),
  )
})
