import type { Command } from '../../command.ts'
import { daemonKeeps } from '../daemon/spec.ts'
import { listingOptions } from '../mail/listing.ts'

const id = { name: 'ID', summary: 'its id, as the list shows it', required: true } as const

export const gateCommands: readonly Command[] = [
  {
    name: 'approvals',
    summary: 'Decide on what agents asked for',
    subcommands: [
      {
        name: 'list',
        summary: 'What waits for you',
        options: { all: { summary: 'Also what was decided, expired or done' }, ...listingOptions },
        examples: [{ command: 'postern approvals list', why: 'the ids, and why each is held' }],
        keeps: daemonKeeps,
        load: () => import('./approvals-list.ts'),
      },
      {
        name: 'show',
        summary: 'One of them in full: exactly what would happen',
        positionals: [id],
        examples: [{ command: 'postern approvals show a1f3c2', why: 'recipients, text and files' }],
        keeps: daemonKeeps,
        load: () => import('./approvals-show.ts'),
      },
      {
        name: 'approve',
        summary: 'Say yes to exactly what is shown; asks for your passphrase',
        positionals: [id],
        examples: [{ command: 'postern approvals approve a1f3c2', why: 'it is carried out at once' }],
        keeps: daemonKeeps,
        load: () => import('./approvals-approve.ts'),
      },
      {
        name: 'deny',
        summary: 'Say no; nothing happens',
        positionals: [id],
        examples: [{ command: 'postern approvals deny a1f3c2', why: 'the agent is told' }],
        keeps: daemonKeeps,
        load: () => import('./approvals-deny.ts'),
      },
      {
        name: 'passphrase',
        summary: 'Set or change the passphrase by which you approve',
        examples: [{ command: 'postern approvals passphrase', why: 'asked at the terminal, never given as an option' }],
        keeps: daemonKeeps,
        load: () => import('./approvals-passphrase.ts'),
      },
    ],
  },
  {
    name: 'agent',
    summary: 'Let agents in, and out again',
    subcommands: [
      {
        name: 'add',
        summary: 'Let an agent in; prints its token, which is kept nowhere',
        positionals: [{ name: 'NAME', summary: 'what you call it', required: true }],
        options: {
          profile: { summary: 'What it may do at most (assistant)', value: 'PROFILE' },
          'expires-days': { summary: 'For how many days', value: 'N' },
        },
        examples: [
          { command: 'postern agent add claude --profile assistant', why: 'then give it POSTERN_AGENT_TOKEN' },
        ],
        keeps: daemonKeeps,
        load: () => import('./agent-add.ts'),
      },
      {
        name: 'list',
        summary: 'The agents that were let in, and when each was last here',
        options: listingOptions,
        examples: [{ command: 'postern agent list', why: 'names, profiles, last use' }],
        keeps: daemonKeeps,
        load: () => import('./agent-list.ts'),
      },
      {
        name: 'revoke',
        summary: 'End what an agent may do, at once',
        positionals: [{ name: 'NAME', summary: 'its name or id', required: true }],
        examples: [{ command: 'postern agent revoke claude', why: 'also for connections that it has open' }],
        keeps: daemonKeeps,
        load: () => import('./agent-revoke.ts'),
      },
    ],
  },
  {
    name: 'activity',
    summary: 'What was asked, decided and done, by agents and by you',
    subcommands: [
      {
        name: 'list',
        summary: 'The latest first; no content, only ids',
        options: {
          agent: { summary: 'Only of this agent', value: 'NAME' },
          verdict: { summary: 'Only these', value: 'VERDICT', choices: ['stage', 'deny', 'effect'] },
          limit: { summary: 'How many at most (50)', value: 'N', short: 'n' },
          before: { summary: 'Go on before this entry', value: 'SEQ' },
          ...listingOptions,
        },
        examples: [{ command: 'postern activity list --verdict deny', why: 'what was refused' }],
        keeps: daemonKeeps,
        load: () => import('./activity-list.ts'),
      },
      {
        name: 'export',
        summary: 'All of it as JSON Lines, the oldest first, hashes included',
        examples: [{ command: 'postern activity export > activity.jsonl', why: 'keep it elsewhere' }],
        keeps: daemonKeeps,
        load: () => import('./activity-export.ts'),
      },
      {
        name: 'verify',
        summary: 'Check that nothing was changed, left out or cut off',
        examples: [{ command: 'postern activity verify', why: 'exit 6 when something was' }],
        keeps: daemonKeeps,
        load: () => import('./activity-verify.ts'),
      },
      {
        name: 'redact',
        summary: 'Take the details of one entry away; that there was one stays',
        positionals: [{ name: 'SEQ', summary: 'its number', required: true }],
        examples: [{ command: 'postern activity redact 117', why: 'the chain stays whole' }],
        keeps: daemonKeeps,
        load: () => import('./activity-redact.ts'),
      },
    ],
  },
  {
    name: 'gate',
    summary: 'See what agents may do, and check the settings that say so',
    subcommands: [
      {
        name: 'explain',
        summary: 'What a profile may do, and what holds its mail',
        positionals: [{ name: 'PROFILE', summary: 'a profile; all of them when left out' }],
        examples: [{ command: 'postern gate explain assistant', why: 'allowed, asked, denied' }],
        agents: true,
        load: () => import('./explain.ts'),
      },
      {
        name: 'check',
        summary: 'Check the profiles in the settings',
        positionals: [{ name: 'FILE', summary: 'the settings in force when left out' }],
        examples: [{ command: 'postern gate check', why: 'also whether its accounts exist' }],
        load: () => import('./check.ts'),
      },
    ],
  },
  {
    name: 'request',
    summary: 'Ask the daemon in its own words (docs/protocol.md), as agents do',
    positionals: [
      { name: 'REQUEST', summary: 'its name, as in docs/protocol.md', required: true },
      { name: 'PARAMS', summary: 'a JSON object; - for standard input; {} when left out' },
    ],
    examples: [
      { command: 'postern request daemon.status', why: 'one JSON document' },
      {
        command: 'postern --as assistant request mail.search \'{"query":"is:unread"}\'',
        why: 'with no more than that profile may do',
      },
    ],
    agents: true,
    keeps: daemonKeeps,
    load: () => import('./request.ts'),
  },
]
