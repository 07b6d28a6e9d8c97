import type { Command, Option } from '../../command.ts'
import { exportCommand } from './export-spec.ts'
import { importCommand } from './import-spec.ts'
import { listingOptions } from './listing.ts'

const account: Option = {
  summary: 'Only mail of this account (may be given more than once)',
  value: 'NAME',
  many: true,
}
const query = { name: 'QUERY', summary: 'what to look for, as in postern help search', many: true } as const

const queryHelp = [
  'A query is words, "phrases", beginnings (invo*) and operators: from: to: cc: subject: body: filename: list:',
  'label: in: is: has: larger: smaller: after: before: newer_than: older_than: account: id: thread:, joined by',
  'blanks (and), OR, - or NOT, and ( ). Trash and spam are left out unless a query names them (in:anywhere).',
  'docs/search.md has all of it.',
].join(' ')

export const mailCommands: readonly Command[] = [
  importCommand,
  {
    name: 'search',
    summary: 'Find messages, newest first',
    description: queryHelp,
    positionals: [query],
    options: {
      account,
      sort: { summary: 'The order', value: 'ORDER', choices: ['newest', 'oldest', 'relevance'] },
      limit: { summary: 'How many at most (50)', value: 'N', short: 'n' },
      cursor: { summary: 'Go on where a page ended', value: 'CURSOR' },
      saved: { summary: 'Run a saved search', value: 'NAME' },
      explain: { summary: 'Show how the query is understood and run, instead of running it' },
      ...listingOptions,
    },
    examples: [
      { command: 'postern search from:alice invoice', why: 'messages of Alice with the word' },
      { command: 'postern search is:unread newer_than:7d --ids', why: 'ids, to pipe into another command' },
      { command: 'postern search in:anywhere has:attachment --format jsonl', why: 'for a program' },
    ],
    load: () => import('./search.ts'),
  },
  {
    name: 'count',
    summary: 'Count messages, also by sender, list, label or month',
    positionals: [query],
    options: {
      account,
      'group-by': { summary: 'Count by', value: 'KEY', choices: ['from', 'list', 'label', 'month'] },
      limit: { summary: 'How many groups at most (20)', value: 'N', short: 'n' },
      format: { summary: 'How to answer', value: 'FORMAT', choices: ['table', 'json', 'jsonl', 'csv'] },
    },
    examples: [
      { command: 'postern count is:unread', why: 'one number' },
      { command: 'postern count newer_than:1y --group-by from', why: 'who writes most' },
    ],
    load: () => import('./count.ts'),
  },
  {
    name: 'show',
    summary: 'Read messages as text, quotes and footers folded',
    positionals: [{ name: 'ID', summary: 'ids of messages; from standard input when left out', many: true }],
    options: {
      view: {
        summary: 'What to show: reader (what this person wrote), text (all of it), markdown, html or headers',
        value: 'VIEW',
        choices: ['reader', 'text', 'markdown', 'html', 'headers'],
      },
    },
    examples: [
      { command: 'postern show 6M1TJ8Z2Q4', why: 'one message' },
      { command: 'postern search from:alice --ids | postern show', why: 'all that a search finds' },
    ],
    load: () => import('./show.ts'),
  },
  {
    name: 'thread',
    summary: 'Read whole threads, oldest message first',
    positionals: [
      { name: 'ID', summary: 'ids of threads or of messages in them; from standard input when left out', many: true },
    ],
    options: {
      view: {
        summary: 'What to show of each message',
        value: 'VIEW',
        choices: ['reader', 'text', 'markdown', 'headers'],
      },
    },
    examples: [{ command: 'postern thread 6M1TJ8Z2Q4', why: 'the conversation that the message belongs to' }],
    load: () => import('./thread.ts'),
  },
  {
    name: 'raw',
    summary: 'Print the source of a message, byte for byte',
    positionals: [{ name: 'ID', summary: 'the id of a message', required: true }],
    examples: [{ command: 'postern raw 6M1TJ8Z2Q4 > letter.eml', why: 'keep it as a file' }],
    load: () => import('./raw.ts'),
  },
  {
    name: 'attachments',
    summary: 'List, save and pipe attachments',
    subcommands: [
      {
        name: 'list',
        summary: 'List the attachments of messages',
        positionals: [{ name: 'ID', summary: 'ids of messages; from standard input when left out', many: true }],
        options: {
          all: { summary: 'Embedded images too' },
          format: { summary: 'How to answer', value: 'FORMAT', choices: ['table', 'json', 'jsonl', 'csv'] },
        },
        examples: [{ command: 'postern attachments list 6M1TJ8Z2Q4', why: 'names, types and sizes' }],
        load: () => import('./attachments-list.ts'),
      },
      {
        name: 'save',
        summary: 'Save attachments as files, never over one that is there',
        positionals: [
          { name: 'ID', summary: 'the id of a message', required: true },
          { name: 'PART', summary: 'part numbers, as list shows them; all files when left out', many: true },
        ],
        options: { dir: { summary: 'Where to (the current directory)', value: 'DIR' } },
        examples: [{ command: 'postern attachments save 6M1TJ8Z2Q4 2 --dir ~/Downloads', why: 'one of them' }],
        keeps: ['fs.write'],
        load: () => import('./attachments-save.ts'),
      },
      {
        name: 'pipe',
        summary: 'Print one attachment, decoded',
        positionals: [
          { name: 'ID', summary: 'the id of a message', required: true },
          { name: 'PART', summary: 'its part number', required: true },
        ],
        examples: [{ command: 'postern attachments pipe 6M1TJ8Z2Q4 2 | pdftotext - -', why: 'hand it to a program' }],
        load: () => import('./attachments-pipe.ts'),
      },
    ],
  },
  exportCommand,
  {
    name: 'labels',
    summary: 'List labels and folders with their counts',
    options: { account, ...listingOptions },
    examples: [{ command: 'postern labels', why: 'all accounts' }],
    load: () => import('./labels.ts'),
  },
  {
    name: 'saved',
    summary: 'Keep searches under a name',
    subcommands: [
      {
        name: 'list',
        summary: 'List saved searches, with how much is unread in each',
        options: { format: { summary: 'How to answer', value: 'FORMAT', choices: ['table', 'json', 'jsonl', 'csv'] } },
        examples: [{ command: 'postern saved list', why: 'their names and queries' }],
        load: () => import('./saved-list.ts'),
      },
      {
        name: 'add',
        summary: 'Save a search; dates like newer_than:7d stay relative',
        positionals: [
          { name: 'NAME', summary: 'what to call it', required: true },
          { name: 'QUERY', summary: 'the query', required: true, many: true },
        ],
        options: {
          account: { summary: 'Only mail of this account', value: 'NAME' },
          sort: { summary: 'The order', value: 'ORDER', choices: ['newest', 'oldest', 'relevance'] },
          replace: { summary: 'Replace the one of that name' },
        },
        examples: [
          {
            command: 'postern saved add bills subject:invoice newer_than:1y',
            why: 'run it with postern search --saved bills',
          },
        ],
        keeps: ['net', 'child', 'fs.write'],
        load: () => import('./saved-add.ts'),
      },
      {
        name: 'rename',
        summary: 'Give a saved search another name',
        positionals: [
          { name: 'NAME', summary: 'its name', required: true },
          { name: 'NEW', summary: 'the new one', required: true },
        ],
        examples: [{ command: 'postern saved rename bills invoices', why: 'another name' }],
        keeps: ['net', 'child', 'fs.write'],
        load: () => import('./saved-rename.ts'),
      },
      {
        name: 'delete',
        summary: 'Forget a saved search; no mail is touched',
        positionals: [{ name: 'NAME', summary: 'its name', required: true }],
        examples: [{ command: 'postern saved delete bills', why: 'forget it' }],
        keeps: ['net', 'child', 'fs.write'],
        load: () => import('./saved-delete.ts'),
      },
    ],
  },
]
