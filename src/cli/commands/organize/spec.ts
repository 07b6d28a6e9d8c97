import type { Command, Example, Option, Positional } from '../../command.ts'
import { daemonKeeps } from '../daemon/spec.ts'
import { listingOptions } from '../mail/listing.ts'

const selectOptions = {
  search: { summary: 'All messages that match, instead of ids', value: 'QUERY' },
  account: {
    summary: 'With --search: only mail of this account (may be given more than once)',
    value: 'NAME',
    many: true,
  },
  max: { summary: 'With --search: change nothing when more match', value: 'N' },
  'dry-run': { summary: 'Show what it would do, as a plan that postern apply does' },
  yes: { summary: 'Do not ask', short: 'y' },
  'allow-empty': { summary: 'That nothing matches is no failure' },
} as const satisfies Record<string, Option>

const ids: Positional = { name: 'ID', summary: 'ids of messages; from standard input when left out', many: true }

interface Said {
  readonly summary: string
  readonly first?: Positional
  readonly more?: Readonly<Record<string, Option>>
  readonly examples: readonly Example[]
}

/** Commands that change messages differ in what they do, not in how messages are chosen. */
function changing(name: string, { summary, first, more, examples }: Said): Command {
  return {
    name,
    summary,
    positionals: [...(first === undefined ? [] : [first]), ids],
    options: { ...more, ...selectOptions },
    examples,
    agents: true,
    keeps: daemonKeeps,
    load: () => import('./change.ts'),
  }
}

const labelName: Positional = { name: 'LABEL', summary: 'its name', required: true }

export const organizeCommands: readonly Command[] = [
  changing('archive', {
    summary: 'Take messages out of the inbox',
    examples: [
      { command: 'postern archive 6M1TJ8Z2Q4', why: 'one message' },
      { command: "postern archive --search 'in:inbox older_than:30d'", why: 'all that match, after a look' },
      { command: 'postern search from:shop --ids | postern archive --yes', why: 'ids from another command' },
    ],
  }),
  changing('trash', {
    summary: 'Move messages to the trash',
    examples: [{ command: "postern trash --search 'list:news older_than:1y' --dry-run", why: 'look before' }],
  }),
  changing('spam', {
    summary: 'Move messages to the spam folder',
    examples: [{ command: 'postern spam 6M1TJ8Z2Q4', why: 'one message' }],
  }),
  changing('mark', {
    summary: 'Mark messages as read or unread',
    first: { name: 'STATE', summary: 'read or unread', required: true, choices: ['read', 'unread'] },
    examples: [{ command: "postern mark read --search 'label:ci is:unread' --yes", why: 'all of a label' }],
  }),
  changing('star', {
    summary: 'Star messages',
    examples: [{ command: 'postern star 6M1TJ8Z2Q4', why: 'one message' }],
  }),
  changing('unstar', {
    summary: 'Take the star from messages',
    examples: [{ command: 'postern unstar --search is:starred', why: 'all of them, after a look' }],
  }),
  changing('label', {
    summary: 'Put a label on messages; it is made when there is none',
    first: labelName,
    examples: [{ command: 'postern label Receipts 6M1TJ8Z2Q4', why: 'one message' }],
  }),
  changing('unlabel', {
    summary: 'Take a label from messages',
    first: labelName,
    examples: [{ command: 'postern unlabel Receipts 6M1TJ8Z2Q4', why: 'one message' }],
  }),
  changing('move', {
    summary: 'Move messages to a folder',
    first: { name: 'FOLDER', summary: 'its name, or inbox, archive, trash', required: true },
    examples: [
      { command: 'postern move Projects/Harbour 6M1TJ8Z2Q4', why: 'one message' },
      { command: 'postern move inbox 6M1TJ8Z2Q4', why: 'back from the archive or the trash' },
    ],
  }),
  changing('snooze', {
    summary: 'Take messages out of the inbox until a time',
    more: { until: { summary: "When they come back: 'in 3h', 'tomorrow 9:00', monday, 2026-03-01", value: 'TIME' } },
    examples: [{ command: "postern snooze 6M1TJ8Z2Q4 --until 'monday 8:30'", why: 'by the clock on your wall' }],
  }),
  changing('unsnooze', {
    summary: 'Call snoozed messages back',
    examples: [{ command: 'postern unsnooze --search in:snoozed --yes', why: 'all of them' }],
  }),
  {
    name: 'snoozed',
    summary: 'List snoozed messages, the next first',
    options: {
      account: { summary: 'Only mail of this account (may be given more than once)', value: 'NAME', many: true },
      ...listingOptions,
    },
    examples: [{ command: 'postern snoozed', why: 'what comes back, and when' }],
    keeps: daemonKeeps,
    load: () => import('./snoozed.ts'),
  },
  changing('mute', {
    summary: 'Keep threads out of the inbox, with all that is yet to come in them',
    examples: [{ command: 'postern mute 6M1TJ8Z2Q4', why: 'the thread of this message' }],
  }),
  changing('unmute', {
    summary: 'Let muted threads back into the inbox with their next message',
    examples: [{ command: 'postern unmute --search is:muted', why: 'all of them, after a look' }],
  }),
  {
    name: 'undo',
    summary: 'Take back what was decided within the last 24 hours; what was changed later stays',
    positionals: [{ name: 'DECISION', summary: 'its number; the latest when left out' }],
    examples: [
      { command: 'postern undo', why: 'the latest' },
      { command: 'postern undo 17', why: 'the one of that number' },
    ],
    keeps: daemonKeeps,
    agents: true,
    load: () => import('./undo.ts'),
  },
  {
    name: 'apply',
    summary: 'Do exactly what a plan of --dry-run says; messages that changed since are left alone',
    positionals: [{ name: 'PLAN', summary: 'its id', required: true }],
    examples: [{ command: 'postern apply p4k2m9x7c1ab', why: 'within ten minutes' }],
    keeps: daemonKeeps,
    agents: true,
    load: () => import('./apply.ts'),
  },
  {
    name: 'outbox',
    summary: 'What was decided and what became of it',
    subcommands: [
      {
        name: 'list',
        summary: 'Show what providers have yet to be told, and what they refused',
        examples: [{ command: 'postern outbox list', why: 'is anything stuck?' }],
        keeps: daemonKeeps,
        load: () => import('./outbox.ts'),
      },
      {
        name: 'retry',
        summary: 'Try at once what waits',
        examples: [{ command: 'postern outbox retry', why: 'the network is back' }],
        keeps: daemonKeeps,
        load: () => import('./outbox.ts'),
      },
      {
        name: 'drop',
        summary: 'Give up what of a decision is not delivered',
        positionals: [{ name: 'DECISION', summary: 'its number', required: true }],
        examples: [{ command: 'postern outbox drop 17', why: 'here it becomes again as the provider knows it' }],
        keeps: daemonKeeps,
        load: () => import('./outbox.ts'),
      },
      {
        name: 'decisions',
        summary: 'List decisions, the latest first',
        options: {
          limit: { summary: 'How many at most (20)', value: 'N', short: 'n' },
          format: { summary: 'How to answer', value: 'FORMAT', choices: ['table', 'json', 'jsonl', 'csv'] },
        },
        examples: [{ command: 'postern outbox decisions', why: 'numbers for undo' }],
        keeps: daemonKeeps,
        load: () => import('./outbox.ts'),
      },
      {
        name: 'show',
        summary: 'Show what became of each message of a decision',
        positionals: [{ name: 'DECISION', summary: 'its number', required: true }],
        options: listingOptions,
        examples: [{ command: 'postern outbox show 17', why: 'message by message' }],
        keeps: daemonKeeps,
        load: () => import('./outbox.ts'),
      },
    ],
  },
]
