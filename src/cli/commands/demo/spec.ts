import type { Command } from '../../command.ts'
import { daemonKeeps } from '../daemon/spec.ts'

export const demoCommand: Command = {
  name: 'demo',
  summary: 'Set up a made-up mailbox to try everything on, apart from the real one',
  description: [
    "The demo has directories and a socket of its own; with --demo every command works on it and can't reach real",
    'mail. Given again it adds what is missing. docs/demo.md says what is in it.',
  ].join(' '),
  options: {
    messages: { summary: 'How many messages (2000, at most 100000)', value: 'N', short: 'n' },
    reset: { summary: 'Delete the demo first, with everything that was done in it' },
    remove: { summary: 'Delete the demo and end' },
  },
  examples: [
    { command: 'postern demo', why: 'two thousand messages in a second or two' },
    { command: 'postern demo --messages 50000', why: 'a mailbox of many years' },
    { command: 'postern demo --remove', why: 'nothing is left of it' },
  ],
  keeps: daemonKeeps,
  instance: 'demo',
  load: () => import('./demo.ts'),
}
