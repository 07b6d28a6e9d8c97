import { hookedAgents } from '#harness/hooks/hooked-agents.ts'
import type { Command, Option, Positional } from '../../command.ts'
import { daemonKeeps } from '../daemon/spec.ts'

const log = {
  log: { summary: 'The memory log; that of the repository around the current directory when left out', value: 'PATH' },
} as const satisfies Record<string, Option>

const chars = { summary: 'At most so many characters of memory', value: 'N' } as const satisfies Option

const hooked = {
  name: 'AGENT',
  summary: 'whose settings',
  required: true,
  choices: hookedAgents.map(({ name }) => name),
} as const satisfies Positional

const scope = {
  summary: 'Whose sessions: user (all of yours) or project (this repository)',
  value: 'SCOPE',
  choices: ['user', 'project'],
} as const satisfies Option

export const harnessCommands: readonly Command[] = [
  {
    name: 'run',
    summary: 'Run an agent with the memory of the repository around it',
    description:
      'Starts AGENT at this terminal, with everything behind its name passed on as it is. Variables lead it to a guide ' +
      'and to what is remembered; the notes that it makes with postern checkpoint become drafts when it ends. The exit ' +
      'code is its own, 127 when there is no such program, 128 and the number of a signal when one ended it.',
    positionals: [
      { name: 'AGENT', summary: 'a name from the settings or on the PATH, or a path' },
      { name: 'ARGUMENTS', summary: 'passed to it word by word', many: true },
    ],
    options: {
      ...log,
      project: { summary: 'The project that its notes belong to', value: 'NAME' },
      query: { summary: 'What the session is about: answers to it come first', value: 'TEXT' },
      chars,
      after: { summary: 'What follows the session', value: 'WHAT', choices: ['off', 'librarian'] },
      recover: { summary: 'Only take in the notes of sessions that ended without doing so' },
      'dry-run': { summary: 'Say what would be started, and with what' },
    },
    examples: [
      { command: 'postern run claude', why: 'in a repository; claude must be on the PATH' },
      { command: 'postern run --after librarian -- codex --model o3', why: 'what is noted is memory when it ends' },
      { command: 'postern run --recover', why: 'after the machine went down' },
    ],
    verbatim: true,
    keeps: ['fs.write', 'child', 'net'],
    load: () => import('./run.ts'),
  },
  {
    name: 'checkpoint',
    summary: 'Note something in the session of an agent, to be proposed when it ends',
    positionals: [{ name: 'TEXT', summary: 'the note, or - for standard input', many: true }],
    options: { title: { summary: 'Its heading', value: 'TEXT' } },
    examples: [
      { command: 'postern checkpoint "Tests need Exim on the PATH"', why: 'within postern run' },
      { command: 'git log -1 --format=%B | postern checkpoint --title "Last change" -', why: 'from a pipe' },
    ],
    agents: true,
    keeps: ['fs.write'],
    load: () => import('./checkpoint.ts'),
  },
  {
    name: 'context',
    summary: 'Print what is remembered, as an agent is given it',
    description:
      'Within a session: what the session was started with, and with --query what memory answers through the gate. ' +
      'For a person: made anew, the answers to --query first, then the newest.',
    options: {
      ...log,
      query: { summary: 'Answers to this come first', value: 'TEXT' },
      chars,
      hook: { summary: 'For the hook of an agent: guide and memory in a session, nothing outside of one' },
    },
    examples: [
      { command: 'postern context --query "release process"', why: 'the best first' },
      { command: 'postern context --chars 2000 --json', why: 'for a program' },
    ],
    agents: true,
    // Within a session a question goes to the daemon, which may have to be started.
    keeps: daemonKeeps,
    load: () => import('./context.ts'),
  },
  {
    name: 'trust',
    summary: 'Decide whether the settings of a repository may name programs and paths',
    description:
      'A repository may have .postern/config.toml. What names a program or a path there, or what follows a session, is ' +
      'ignored until you trust the file as it is; a change of it makes your word void.',
    subcommands: [
      {
        name: 'add',
        summary: 'Show what the settings of a repository ask for, and trust them as they are',
        positionals: [{ name: 'PATH', summary: 'a directory in the repository; the current one when left out' }],
        examples: [{ command: 'postern trust add', why: 'asked at the terminal' }],
        keeps: daemonKeeps,
        load: () => import('./trust-add.ts'),
      },
      {
        name: 'list',
        summary: 'List what is trusted, and whether it has changed since',
        examples: [{ command: 'postern trust list --json', why: 'for a program' }],
        load: () => import('./trust-list.ts'),
      },
      {
        name: 'revoke',
        summary: 'Trust the settings of a repository no longer',
        positionals: [{ name: 'PATH', summary: 'a directory in the repository; the current one when left out' }],
        examples: [{ command: 'postern trust revoke ~/src/harbour', why: 'at once' }],
        keeps: ['fs.write'],
        load: () => import('./trust-revoke.ts'),
      },
    ],
  },
  {
    name: 'hooks',
    summary: 'Let an agent read memory by itself at the start of its sessions',
    description:
      "Puts a hook and a skill into the agent's own settings. The hook prints guide and memory within postern run, and " +
      'nothing outside of it. Without --yes only what would be changed is said.',
    subcommands: [
      {
        name: 'install',
        summary: 'Put hook and skill into the settings of an agent, and change nothing else',
        positionals: [hooked],
        options: { scope, yes: { summary: 'Do it; without this, only what would be changed is said' } },
        examples: [
          { command: 'postern hooks install claude-code', why: 'a look at what would be changed' },
          { command: 'postern hooks install codex --scope project --yes', why: 'for one repository' },
        ],
        keeps: ['fs.write'],
        load: () => import('./hooks.ts'),
      },
      {
        name: 'show',
        summary: 'Say whether hook and skill are there',
        positionals: [hooked],
        options: { scope },
        examples: [{ command: 'postern hooks show claude-code --json', why: 'for a program' }],
        load: () => import('./hooks.ts'),
      },
      {
        name: 'remove',
        summary: 'Take hook and skill out again, and nothing else',
        positionals: [hooked],
        options: { scope, yes: { summary: 'Do it; without this, only what would be changed is said' } },
        examples: [{ command: 'postern hooks remove claude-code --yes', why: 'as it was before' }],
        keeps: ['fs.write'],
        load: () => import('./hooks.ts'),
      },
    ],
  },
]
