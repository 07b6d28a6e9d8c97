import type { Command, Option, Positional } from '../../command.ts'
import { draftedMemoryCommands } from '../librarian/spec.ts'
import { mirroredMemoryCommands } from '../mirror/spec.ts'

const log = {
  log: { summary: 'The memory log; that of the repository around the current directory when left out', value: 'PATH' },
} as const satisfies Record<string, Option>

const text = (what: string): Positional => ({
  name: 'INPUT',
  summary: `${what}: the text itself, which begins with a parenthesis, a file, or - for standard input`,
})

export const memoryCommands: readonly Command[] = [
  {
    name: 'memory',
    summary: 'Read and write the governed memory of a workspace',
    description:
      'Memory is an append-only log of facts, events, rules and conclusions, one log for each workspace. Commands that ' +
      'read open the log read-only, create nothing and ignore what is not committed.',
    subcommands: [
      {
        name: 'init',
        summary: 'Create an empty memory log',
        options: log,
        examples: [{ command: 'postern memory init', why: 'for the repository around the current directory' }],
        keeps: ['fs.write'],
        load: () => import('./init.ts'),
      },
      {
        name: 'commit',
        summary: 'Commit a batch of memory forms, whole or not at all',
        description:
          'Text that postern memory decode printed holds many batches; it is committed to an empty log only, each ' +
          'batch with its own time.',
        positionals: [text('the batch')],
        options: log,
        examples: [
          {
            command: 'postern memory commit "(sem @alice works_at @acme :src @profile :c 0.9 :v 2026-01-15)"',
            why: 'one fact',
          },
          { command: 'postern memory commit batch.mem', why: 'a file' },
        ],
        keeps: ['fs.write'],
        load: () => import('./commit.ts'),
      },
      {
        name: 'query',
        summary: 'Ask what is true, or was true at a time',
        positionals: [text('one query form')],
        options: { ...log, revoked: { summary: 'Also what was taken back with postern memory revoke' } },
        examples: [
          { command: 'postern memory query "(query :s @alice :p @works_at)"', why: 'the current fact' },
          { command: 'postern memory query "(query :s @alice :as_of 2026-01-01)"', why: 'what held then' },
        ],
        load: () => import('./query.ts'),
      },
      {
        name: 'verify',
        summary: 'Check the log and its seal; exit 6 when something is wrong',
        options: log,
        examples: [{ command: 'postern memory verify --json', why: 'for a program' }],
        load: () => import('./verify.ts'),
      },
      {
        name: 'decode',
        summary: 'Print the log as memory forms from which it can be written again',
        options: {
          ...log,
          memories: { summary: 'Only the memories, one a line, with the names that symbols have now' },
        },
        examples: [
          {
            command: 'postern memory decode | postern memory commit - --log copy/canonical.log',
            why: 'write it again',
          },
          { command: 'postern memory decode --memories --json', why: 'JSON Lines' },
        ],
        load: () => import('./decode.ts'),
      },
      {
        name: 'log',
        summary: 'List the records of the log with their offsets; values are not shown',
        options: log,
        examples: [{ command: 'postern memory log --json', why: 'JSON Lines' }],
        load: () => import('./log.ts'),
      },
      {
        name: 'symbols',
        summary: 'List symbols with their kinds, aliases and retirement',
        options: log,
        examples: [{ command: 'postern memory symbols', why: 'in the order of their names' }],
        load: () => import('./symbols.ts'),
      },
      {
        name: 'episodes',
        summary: 'List commits with their times, labels and parents',
        options: log,
        examples: [{ command: 'postern memory episodes', why: 'oldest first' }],
        load: () => import('./episodes.ts'),
      },
      {
        name: 'repair',
        summary: 'Cut a damaged log back to its last sound batch; a copy of it is kept',
        options: {
          ...log,
          yes: { summary: 'Do it; without this, only what would be lost is said' },
        },
        examples: [
          { command: 'postern memory repair', why: 'what would be lost' },
          { command: 'postern memory repair --yes', why: 'do it' },
        ],
        keeps: ['fs.write'],
        load: () => import('./repair.ts'),
      },
      {
        name: 'status',
        summary: 'Say where the log is, what it holds and who writes to it',
        options: log,
        examples: [{ command: 'postern memory status', why: 'size, counts, seal, lock' }],
        load: () => import('./status.ts'),
      },
      {
        name: 'replay',
        summary: 'Run a program of commits and queries against a fresh store',
        description:
          'For comparing implementations: the file has {"steps":[{"commit":TEXT,"now":MS},{"query":TEXT}]}, the store ' +
          'is a temporary one. Prints JSON Lines, the last with length and SHA-256 of the log.',
        positionals: [{ name: 'FILE', summary: 'the program, .json or .json.gz', required: true }],
        examples: [{ command: 'postern memory replay random-forward-1.json.gz', why: 'the verdict of every step' }],
        keeps: ['fs.write'],
        stateless: true,
        load: () => import('./replay.ts'),
      },
      ...draftedMemoryCommands,
      ...mirroredMemoryCommands,
    ],
  },
]
