import type { Command } from '../../command.ts'
import { daemonKeeps } from '../daemon/spec.ts'

export const demoCommand: Command = {
  name: 'demo',
  summary: 'Set up a made-up mailbox to try everything on, apart from the real one',
  description: [
    "The demo has directories and a socket of its own; with --demo every command works on it and can't reach real",
    'mail. Given again it adds what is missing. Without --messages it goes on to show, step by step and each with the',
    'command that does it, what an assistant can and cannot do in it. docs/demo.md says what is in it.',
  ].join(' '),
  options: {
    messages: { summary: 'Only the mailbox, with so many messages (2000, at most 100000)', value: 'N', short: 'n' },
    story: { summary: 'Show what an assistant can do in it, also with --messages' },
    reset: { summary: 'Delete the demo first, with everything that was done in it' },
    remove: { summary: 'Delete the demo and end' },
  },
  examples: [
    { command: 'postern demo', why: 'two thousand messages, and what an assistant does with them' },
    { command: 'postern demo --messages 50000', why: 'a mailbox of many years' },
    { command: 'postern demo --remove', why: 'nothing is left of it' },
  ],
  keeps: daemonKeeps,
  instance: 'demo',
  load: () => import('./demo.ts'),
}
