import type { Command, Option } from '../../command.ts'

const log = {
  log: { summary: 'The memory log; that of the repository around the current directory when left out', value: 'PATH' },
} as const satisfies Record<string, Option>
const keeps = ['fs.write', 'child'] as const

/** Below `postern memory`. */
export const mirroredMemoryCommands: readonly Command[] = [
  {
    name: 'remote',
    summary: 'Keep a copy of a memory in a Git repository',
    description:
      'Pushed and pulled only when you say so, and only ever grown: two histories are refused, and reconcile is the way ' +
      'out. What comes from there is verified before anything here is touched. docs/mirror.md walks through it.',
    subcommands: [
      {
        name: 'add',
        summary: 'Name the repository',
        positionals: [{ name: 'URL', summary: 'ssh://, https://, user@host:path or an absolute path', required: true }],
        options: { ...log, branch: { summary: 'The branch (main)', value: 'NAME' } },
        examples: [{ command: 'postern memory remote add git@git.example:me/memory.git', why: 'a private repository' }],
        keeps: ['fs.write'],
        load: () => import('./add.ts'),
      },
      {
        name: 'remove',
        summary: 'Forget the repository; the copy in it stays',
        options: log,
        examples: [{ command: 'postern memory remote remove', why: 'nothing is pushed any more' }],
        keeps: ['fs.write'],
        load: () => import('./remove.ts'),
      },
      {
        name: 'status',
        summary: 'Show how what is here and the copy stand to each other',
        options: log,
        examples: [{ command: 'postern memory remote status', why: 'with the command that comes next' }],
        keeps,
        load: () => import('./status.ts'),
      },
      {
        name: 'push',
        summary: 'Bring what is new here to the copy',
        options: log,
        examples: [{ command: 'postern memory remote push', why: 'after work' }],
        keeps,
        load: () => import('./push.ts'),
      },
      {
        name: 'pull',
        summary: 'Take in what is new in the copy',
        options: log,
        examples: [{ command: 'postern memory remote pull', why: 'on the other machine, or a new one' }],
        keeps,
        load: () => import('./pull.ts'),
      },
      {
        name: 'drill',
        summary: 'Try whether the copy can be restored; changes nothing here',
        options: log,
        examples: [{ command: 'postern memory remote drill', why: 'before it is needed' }],
        keeps,
        load: () => import('./drill.ts'),
      },
      {
        name: 'reconcile',
        summary: 'Take the copy’s history; propose again what was here alone',
        description: 'For two histories that grew apart. The log that was here is kept beside the new one.',
        options: { ...log, yes: { summary: 'Do it; without this, only what would happen is said' } },
        examples: [{ command: 'postern memory remote reconcile --yes', why: 'then postern librarian run' }],
        keeps,
        load: () => import('./reconcile.ts'),
      },
    ],
  },
]
