import type { Command } from '../../command.ts'
import { daemonKeeps } from '../daemon/spec.ts'

export const doctorCommands: readonly Command[] = [
  {
    name: 'doctor',
    summary: 'Look for what is wrong, and name the command that mends it',
    description: [
      'Looks at directories and their modes, settings, free disk space, the store of mail, its counts and its search',
      'index, the daemon and what waits to be delivered. It changes nothing. Exit 6 when something is damaged, 1 for any',
      'other problem, 0 when all is well.',
    ].join(' '),
    options: { all: { summary: 'Also compare every message with its hash: minutes on a large mailbox' } },
    examples: [
      { command: 'postern doctor', why: 'is all well?' },
      { command: 'postern doctor --all --json', why: 'everything, for a program' },
    ],
    stateless: true,
    keeps: ['net'],
    load: () => import('./doctor.ts'),
  },
  {
    name: 'reindex',
    summary: 'Derive again what an older version read, or all of it with --all',
    description: [
      'Everything but the messages themselves can be derived from them: addresses, texts, the search index, counts.',
      'It can be stopped at any time and goes on where it was; until it ends, searches may miss some mail.',
    ].join(' '),
    options: { all: { summary: 'Empty the search index first, and read every message again' } },
    examples: [
      { command: 'postern reindex', why: 'after an update that says so' },
      { command: 'postern reindex --all', why: 'when doctor finds a damaged index' },
    ],
    keeps: daemonKeeps,
    load: () => import('./reindex.ts'),
  },
]
