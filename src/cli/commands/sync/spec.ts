import type { Command } from '../../command.ts'
import { daemonKeeps } from '../daemon/spec.ts'

export const syncCommands: readonly Command[] = [
  {
    name: 'sync',
    summary: 'Look for new mail now',
    description: 'The daemon keeps mail in step by itself; this is for whoever does not want to wait, and for scripts.',
    options: {
      account: { summary: 'Only this account', value: 'NAME', many: true },
      wait: { summary: 'End when everything is here, and say what came' },
      mailboxes: { summary: 'Show how far each mailbox is, and look for nothing' },
    },
    examples: [
      { command: 'postern sync', why: 'the train has a network again' },
      { command: 'postern sync --wait --account work', why: 'in a script, before searching' },
      { command: 'postern sync --mailboxes', why: 'which folders are still being fetched?' },
    ],
    keeps: daemonKeeps,
    load: () => import('./sync.ts'),
  },
]
