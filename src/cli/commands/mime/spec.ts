import type { Command } from '../../command.ts'

export const mimeCommands: readonly Command[] = [
  {
    name: 'mime',
    summary: 'Look into a message file',
    subcommands: [
      {
        name: 'parse',
        summary: 'Show what the parser makes of a message, defects included',
        positionals: [{ name: 'FILE', summary: 'a message (RFC 5322), or - for standard input', required: true }],
        examples: [
          { command: 'postern mime parse letter.eml', why: 'for a person' },
          { command: 'postern mime parse letter.eml --json', why: 'everything, attachments with their digests' },
        ],
        stateless: true,
        load: () => import('./parse.ts'),
      },
    ],
  },
]
