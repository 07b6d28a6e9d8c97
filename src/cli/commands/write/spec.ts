import type { Command, Option } from '../../command.ts'
import { daemonKeeps } from '../daemon/spec.ts'

const message = { name: 'ID', summary: 'the id of a message', required: true } as const
const draft = { name: 'DRAFT', summary: 'a draft, such as d3', required: true } as const

const textOptions = {
  body: { summary: 'The text, as Markdown; your editor opens when it is left out at a terminal', value: 'TEXT' },
  'body-stdin': { summary: 'Read the text from standard input' },
  attach: { summary: 'Add a file (may be given more than once)', value: 'FILE', many: true },
  'no-signature': { summary: 'Leave the signature out' },
  plain: { summary: 'Send the text only, no HTML beside it' },
} as const satisfies Record<string, Option>

const sendOptions = {
  yes: { summary: 'Do not ask', short: 'y' },
  at: { summary: 'When it leaves: tomorrow 9:00, monday 8:30, in 2h, 2027-01-31 12:00', value: 'TIME' },
  delay: { summary: 'Seconds in which it can be taken back', value: 'S' },
  despite: {
    summary: 'Send it although this check holds it (may be given more than once)',
    value: 'CHECK',
    many: true,
  },
  'dry-run': { summary: 'Show what would leave, and decide nothing' },
  wait: { summary: 'Wait until it has left, and say what became of it' },
} as const satisfies Record<string, Option>

const sending = { positionals: [draft], options: sendOptions, keeps: daemonKeeps, load: () => import('./send.ts') }

function answering(name: string, summary: string, more: Readonly<Record<string, Option>>): Command {
  return {
    name,
    summary,
    positionals: [message],
    options: { ...more, ...textOptions },
    examples: [{ command: `postern ${name} 6M1TJ8Z2Q4`, why: 'write it in your editor, then send it or keep it' }],
    keeps: daemonKeeps,
    load: () => import('./answer.ts'),
  }
}

const quote: Option = { summary: 'Where the message is quoted', value: 'PLACE', choices: ['bottom', 'top', 'none'] }

export const writeCommands: readonly Command[] = [
  {
    name: 'compose',
    summary: 'Write a message; it is kept as a draft',
    options: {
      to: { summary: 'Recipients, parted by commas (may be given more than once)', value: 'ADDRESSES', many: true },
      cc: { summary: 'Others who see it', value: 'ADDRESSES', many: true },
      bcc: { summary: 'Others whom nobody sees', value: 'ADDRESSES', many: true },
      subject: { summary: 'The subject', value: 'TEXT', short: 's' },
      from: { summary: 'The address to write from; one of your accounts', value: 'ADDRESS' },
      account: { summary: 'The account to write from', value: 'NAME' },
      ...textOptions,
    },
    examples: [
      { command: 'postern compose', why: 'write it in your editor' },
      { command: 'postern compose --to bob@example.org --subject Lunch --body Noon?', why: 'from a script' },
      {
        command: 'make report | postern compose --to bob@example.org -s Report --body-stdin',
        why: 'what a program says',
      },
    ],
    keeps: daemonKeeps,
    load: () => import('./compose.ts'),
  },
  answering('reply', 'Answer a message', { quote }),
  answering('reply-all', 'Answer a message to everybody whom it was addressed to', { quote }),
  answering('forward', 'Pass a message on, with its files', {
    to: { summary: 'Recipients (may be given more than once)', value: 'ADDRESSES', many: true },
    'as-file': { summary: 'As it came, as a file' },
  }),
  {
    name: 'send',
    summary: 'Send a draft, after showing it',
    description:
      'A message waits for a moment (send.delay_s) before it leaves, so that it can be taken back. It leaves from the ' +
      'daemon, whatever becomes of this terminal, at most once: where nobody can know whether a server took it, you are asked.',
    ...sending,
    examples: [
      { command: 'postern send d3', why: 'look at it, then yes or no' },
      { command: 'postern send d3 --yes --wait', why: 'from a script' },
      { command: 'postern send d3 --at monday', why: 'later' },
    ],
  },
  {
    name: 'draft',
    summary: 'List, show, change, send and delete drafts',
    subcommands: [
      {
        name: 'list',
        summary: 'List drafts, and what is on its way out',
        options: { sent: { summary: 'What was sent, too, with what became of it' } },
        examples: [{ command: 'postern draft list', why: 'what is not finished?' }],
        keeps: daemonKeeps,
        load: () => import('./draft-list.ts'),
      },
      {
        name: 'show',
        summary: 'Show a draft',
        positionals: [draft],
        examples: [{ command: 'postern draft show d3', why: 'read it again' }],
        keeps: daemonKeeps,
        load: () => import('./draft-show.ts'),
      },
      {
        name: 'edit',
        summary: 'Change a draft in your editor; what an earlier one left unsaved is there again',
        positionals: [draft],
        examples: [{ command: 'postern draft edit d3', why: 'go on writing' }],
        keeps: daemonKeeps,
        load: () => import('./draft-edit.ts'),
      },
      {
        name: 'send',
        summary: 'The same as postern send',
        ...sending,
        examples: [{ command: 'postern draft send d3', why: 'send it' }],
      },
      {
        name: 'unsend',
        summary: 'Take back a message that has not left yet',
        positionals: [draft],
        examples: [{ command: 'postern draft unsend d3', why: 'it is a draft again' }],
        keeps: daemonKeeps,
        load: () => import('./draft-unsend.ts'),
      },
      {
        name: 'settle',
        summary: 'Say what became of a message that nobody knows about, or that was held',
        positionals: [draft],
        options: {
          outcome: {
            summary: 'sent: it arrived; again: send it (again); failed: give it up',
            value: 'WHAT',
            choices: ['sent', 'again', 'failed'],
          },
        },
        examples: [
          { command: 'postern draft settle d3 --outcome sent', why: 'the recipient has it' },
          { command: 'postern draft settle d3 --outcome again', why: 'the recipient does not have it' },
        ],
        keeps: daemonKeeps,
        load: () => import('./draft-settle.ts'),
      },
      {
        name: 'delete',
        summary: 'Delete a draft',
        positionals: [draft],
        options: { yes: { summary: 'Do not ask', short: 'y' } },
        examples: [{ command: 'postern draft delete d3', why: 'asks first' }],
        keeps: daemonKeeps,
        load: () => import('./draft-delete.ts'),
      },
    ],
  },
]
