import type { Command } from '../../command.ts'

export const configCommands: readonly Command[] = [
  {
    name: 'config',
    summary: 'Check, show and explain the settings',
    subcommands: [
      {
        name: 'check',
        summary: 'Say everything that is wrong with the file, with lines',
        positionals: [{ name: 'FILE', summary: 'the file to check; the one in force when left out' }],
        examples: [{ command: 'postern config check', why: 'exit 0 when it is sound, 2 when it is not' }],
        stateless: true,
        load: () => import('./check.ts'),
      },
      {
        name: 'show',
        summary: 'Print the settings in force, defaults included',
        examples: [{ command: 'postern config show --json', why: 'for a program' }],
        stateless: true,
        load: () => import('./show.ts'),
      },
      {
        name: 'path',
        summary: 'Print where the settings file is looked for',
        examples: [{ command: '$EDITOR "$(postern config path)"', why: 'edit it' }],
        stateless: true,
        load: () => import('./path.ts'),
      },
      {
        name: 'explain',
        summary: 'Say what a setting does, its type, its default and its value',
        positionals: [{ name: 'KEY', summary: 'a dotted key or its beginning; all keys when left out' }],
        examples: [{ command: 'postern config explain log.level', why: 'one setting' }],
        stateless: true,
        load: () => import('./explain.ts'),
      },
    ],
  },
]
