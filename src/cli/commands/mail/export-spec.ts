import type { Command } from '../../command.ts'

export const exportFormats = ['eml', 'mbox', 'maildir', 'markdown', 'jsonl', 'context'] as const
export type ExportFormat = (typeof exportFormats)[number]

export const exportCommand: Command = {
  name: 'export',
  summary: 'Write messages as files, or as one text for another program or a model',
  description: [
    'Messages are those of the ids given (ids of threads stand for all of theirs), or all that --search finds, oldest',
    'first, none left out. Files that are there are never written over: the same export again adds what is missing.',
    'docs/export.md describes the formats.',
  ].join(' '),
  positionals: [{ name: 'ID', summary: 'ids of messages or threads; from standard input when left out', many: true }],
  options: {
    search: { summary: 'All messages that this query finds', value: 'QUERY' },
    account: { summary: 'Only mail of this account (may be given more than once)', value: 'NAME', many: true },
    format: { summary: 'How to write them (eml)', value: 'FORMAT', choices: exportFormats, short: 'f' },
    output: { summary: 'The folder or file to write; standard output when left out', value: 'PATH', short: 'o' },
    attachments: {
      summary: 'For markdown and jsonl: leave attachments out (none), write them as files, or inline as base64',
      value: 'HOW',
      choices: ['none', 'files', 'inline'],
    },
    'since-id': { summary: 'Only messages newer than this one: where an earlier export ended', value: 'ID' },
    'max-tokens': { summary: 'For context: how much a model takes (8000)', value: 'N' },
  },
  examples: [
    { command: 'postern export --search in:anywhere --format maildir --output ~/mail-backup', why: 'everything' },
    { command: 'postern export 6M1TJ8Z2Q4 > letter.eml', why: 'one message, byte for byte' },
    { command: 'postern export --search from:ines -f context --max-tokens 4000', why: 'what a model should know' },
    { command: 'postern search has:attachment --ids | postern export -f jsonl', why: 'for a program' },
  ],
  keeps: ['fs.write'],
  load: () => import('./export.ts'),
}
