import type { Command } from '../../command.ts'

/** What it takes to reach the daemon, and to start it when there is none. */
export const daemonKeeps = ['net', 'child', 'fs.write'] as const

export const daemonCommands: readonly Command[] = [
  {
    name: 'status',
    summary: 'Show what is going on: accounts, sync, what waits to be delivered, snoozes',
    options: { watch: { summary: 'Show it anew whenever something changes' } },
    examples: [
      { command: 'postern status', why: 'is all well?' },
      { command: 'postern status --watch', why: 'follow a first sync' },
    ],
    keeps: daemonKeeps,
    load: () => import('./status.ts'),
  },
  {
    name: 'daemon',
    summary: 'Start, stop and look at the process that owns the mail',
    description:
      'Whatever needs the daemon starts it, so that nobody has to; these commands are for when one wants to.',
    subcommands: [
      {
        name: 'start',
        summary: 'Start it in the background, unless it runs',
        examples: [{ command: 'postern daemon start', why: 'now rather than with the next command' }],
        keeps: daemonKeeps,
        load: () => import('./start.ts'),
      },
      {
        name: 'stop',
        summary: 'End it once what is under way is done',
        examples: [{ command: 'postern daemon stop', why: 'before an import, or to keep it off the network' }],
        keeps: ['net', 'fs.write'],
        load: () => import('./stop.ts'),
      },
      {
        name: 'restart',
        summary: 'End it and start it again',
        examples: [{ command: 'postern daemon restart', why: 'after an update, or after changing settings' }],
        keeps: daemonKeeps,
        load: () => import('./restart.ts'),
      },
      {
        name: 'status',
        summary: 'Show whether it runs, without starting it',
        examples: [{ command: 'postern daemon status --json', why: 'for a program' }],
        keeps: ['net'],
        load: () => import('./status.ts'),
      },
      {
        name: 'run',
        summary: 'Be the daemon, in the foreground: for a supervisor',
        options: { detached: { summary: 'Started in the background by another command: say nothing' } },
        examples: [{ command: 'postern daemon run', why: 'in a service file' }],
        keeps: ['net', 'child', 'fs.write', 'worker'],
        load: () => import('./run.ts'),
      },
      {
        name: 'logs',
        summary: 'Show the last lines of the log',
        options: { lines: { summary: 'How many (50)', value: 'N', short: 'n' } },
        examples: [{ command: 'postern daemon logs -n 200', why: 'what it did' }],
        load: () => import('./logs.ts'),
      },
      {
        name: 'dial-stdio',
        summary: 'Join standard input and output to the daemon: for use over SSH',
        examples: [
          { command: 'ssh HOST postern daemon dial-stdio', why: 'a connection to the daemon of another machine' },
        ],
        keeps: daemonKeeps,
        load: () => import('./dial-stdio.ts'),
      },
    ],
  },
]
