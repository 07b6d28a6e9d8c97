import { draftStates } from '#librarian/drafts/state.ts'
import { surfaceNames } from '#librarian/surface.ts'
import type { Command, Option } from '../../command.ts'
import { quorumCommand } from './quorum-spec.ts'

const log = {
  log: { summary: 'The memory log; that of the repository around the current directory when left out', value: 'PATH' },
} as const satisfies Record<string, Option>

const origin = {
  agent: { summary: 'The agent that it comes from', value: 'NAME' },
  project: { summary: 'The project that it belongs to', value: 'NAME' },
  tag: { summary: 'A word to file it under', value: 'WORD', many: true },
} as const satisfies Record<string, Option>

const processor = {
  processor: {
    summary: 'Of your settings, in place of librarian.processor; deterministic needs no model',
    value: 'NAME',
  },
} as const satisfies Record<string, Option>

const surface = (what: string): Option => ({
  summary: `${what}; it bounds what the draft may become`,
  value: 'SURFACE',
  choices: surfaceNames.map(name => name.replaceAll('_', '-')),
})

const ids = { name: 'ID', summary: 'drafts', required: true, many: true } as const

const draftCommands: readonly Command[] = [
  {
    name: 'submit',
    summary: 'Propose something to remember; the librarian decides what becomes of it',
    positionals: [{ name: 'INPUT', summary: 'memory forms, a file, or - for standard input' }],
    options: { ...log, ...origin, surface: surface('Where it comes from; cli when left out') },
    examples: [
      { command: 'postern memory draft submit notes.md', why: 'a file' },
      { command: 'echo "Alice prefers tea" | postern memory draft submit -', why: 'a sentence' },
    ],
    keeps: ['fs.write'],
    load: () => import('./draft-submit.ts'),
  },
  {
    name: 'list',
    summary: 'List drafts with their states',
    options: {
      ...log,
      state: { summary: 'Only those in this state', value: 'STATE', choices: draftStates },
      format: { summary: 'How to answer', value: 'FORMAT', choices: ['table', 'json', 'jsonl', 'ids', 'csv'] },
    },
    examples: [{ command: 'postern memory draft list --state quarantined', why: 'what was put aside' }],
    load: () => import('./draft-list.ts'),
  },
  {
    name: 'show',
    summary: 'Show a draft: its text, where it came from, what became of it',
    positionals: [{ name: 'ID', summary: 'the draft', required: true }],
    options: log,
    examples: [{ command: 'postern memory draft show 0f3c…', why: 'before you decide' }],
    load: () => import('./draft-show.ts'),
  },
  {
    name: 'accept',
    summary: 'Stand in for drafts: what they state becomes memory as your word',
    description: 'Where memory says something else, what the draft states holds from now on. Nothing is deleted.',
    positionals: [ids],
    options: log,
    examples: [{ command: 'postern memory draft accept 0f3c…', why: 'after postern memory conflicts' }],
    keeps: ['fs.write'],
    load: () => import('./draft-decide.ts'),
  },
  {
    name: 'reject',
    summary: 'Put drafts away for good',
    positionals: [ids],
    options: log,
    examples: [{ command: 'postern memory draft reject 0f3c…', why: 'it is never proposed again' }],
    keeps: ['fs.write'],
    load: () => import('./draft-decide.ts'),
  },
  {
    name: 'requeue',
    summary: 'Let the librarian try drafts again',
    positionals: [ids],
    options: log,
    examples: [{ command: 'postern memory draft requeue 0f3c…', why: 'after what failed was mended' }],
    keeps: ['fs.write'],
    load: () => import('./draft-decide.ts'),
  },
]

/** Below `postern memory`. */
export const draftedMemoryCommands: readonly Command[] = [
  { name: 'draft', summary: 'Propose what to remember, and decide on proposals', subcommands: draftCommands },
  {
    name: 'sweep',
    summary: 'Propose what stands in files and folders',
    positionals: [{ name: 'PATH', summary: 'files or folders of notes', required: true, many: true }],
    options: { ...log, ...origin, surface: surface('Whose files they are; directory when left out') },
    examples: [
      { command: 'postern memory sweep notes/', why: 'Markdown and text below it' },
      {
        command: 'postern memory sweep --surface claude-memory ~/.claude/projects/app/memory',
        why: "an agent's notes",
      },
    ],
    keeps: ['fs.write'],
    load: () => import('./sweep.ts'),
  },
  {
    name: 'capture',
    summary: 'Propose what messages say; every memory of it leads back to its message',
    positionals: [{ name: 'ID', summary: 'messages or threads', many: true }],
    options: {
      ...log,
      search: { summary: 'All messages that this query finds', value: 'QUERY' },
      account: { summary: 'Only mail of this account (may be given more than once)', value: 'NAME', many: true },
      'since-id': { summary: 'Only messages newer than this one', value: 'ID' },
    },
    examples: [
      { command: 'postern memory capture --search "from:alice invoice"', why: 'by a search' },
      { command: 'postern memory capture t17', why: 'a thread' },
    ],
    keeps: ['fs.write'],
    load: () => import('./capture.ts'),
  },
  {
    name: 'conflicts',
    summary: 'Show drafts that say something else than memory does',
    options: log,
    examples: [{ command: 'postern memory conflicts', why: 'then accept or reject each' }],
    load: () => import('./conflicts.ts'),
  },
  {
    name: 'recall',
    summary: 'Ask memory in plain words',
    positionals: [{ name: 'TEXT', summary: 'the question', required: true, many: true }],
    options: { ...log, limit: { summary: 'How many answers; 10 when left out', value: 'N' } },
    examples: [{ command: 'postern memory recall "where does Alice work"', why: 'the best first, with its source' }],
    load: () => import('./recall.ts'),
  },
  {
    name: 'why',
    summary: 'Show where a memory came from',
    positionals: [{ name: 'RECORD', summary: 'its name or number', required: true }],
    options: log,
    examples: [{ command: 'postern memory why @__mem_12', why: 'down to the message or file' }],
    load: () => import('./why.ts'),
  },
  {
    name: 'history',
    summary: 'Show everything that was ever said of a subject',
    positionals: [
      { name: 'SUBJECT', summary: 'a symbol', required: true },
      { name: 'PREDICATE', summary: 'a symbol' },
    ],
    options: log,
    examples: [{ command: 'postern memory history @alice works_at', why: 'oldest first' }],
    load: () => import('./history.ts'),
  },
  {
    name: 'revoke',
    summary: 'Take back what came from a source, by appending',
    description:
      'The source is the id of a draft, a surface, an agent, a URI, or the account, sender, id or Message-ID of mail. ' +
      'What came from it is no longer recalled; the log keeps it, with the reason.',
    options: {
      ...log,
      source: { summary: 'What it came from', value: 'SOURCE' },
      reason: { summary: 'Why, kept with it', value: 'TEXT' },
      yes: { summary: 'Do it; without this, only what would be taken back is said' },
    },
    examples: [
      { command: 'postern memory revoke --source mallory@example.org', why: 'what would be taken back' },
      { command: 'postern memory revoke --source mallory@example.org --reason phishing --yes', why: 'do it' },
    ],
    keeps: ['fs.write'],
    load: () => import('./revoke.ts'),
  },
  quorumCommand,
]

export const librarianCommands: readonly Command[] = [
  {
    name: 'librarian',
    summary: 'Make memory out of drafts',
    description:
      'What a draft may become is bounded by where it came from. Needs no model: what it cannot structure is kept as ' +
      'evidence that nobody has confirmed. A model of your settings may propose instead; it is bounded the same way.',
    subcommands: [
      {
        name: 'run',
        summary: 'Work through the drafts that wait, once',
        options: { ...log, ...processor, limit: { summary: 'At most so many drafts', value: 'N' } },
        examples: [
          { command: 'postern librarian run --json', why: 'one JSON document' },
          { command: 'postern librarian run --processor local', why: '[librarian.processors.local] of your settings' },
        ],
        keeps: ['fs.write', 'child', 'net'],
        load: () => import('./run.ts'),
      },
      {
        name: 'watch',
        summary: 'Work through drafts as they come, until stopped',
        options: { ...log, ...processor, limit: { summary: 'At most so many drafts at once', value: 'N' } },
        examples: [{ command: 'postern librarian watch', why: 'Ctrl-C ends it' }],
        keeps: ['fs.write', 'child', 'net'],
        load: () => import('./run.ts'),
      },
    ],
  },
]
