import type { Command, Option } from '../../command.ts'

const log = {
  log: { summary: 'The memory log; that of the repository around the current directory when left out', value: 'PATH' },
} as const satisfies Record<string, Option>

export const quorumCommand: Command = {
  name: 'quorum',
  summary: 'Let several models deliberate; what they find is proposed, never committed',
  subcommands: [
    {
      name: 'run',
      summary: 'Answer alone, criticise, revise, put together, vote; all recorded',
      description:
        'Participants are processors of your settings, by name. Nobody sees an answer of a round before all have given ' +
        'theirs. Drafts are proposed when the votes carry the recommendation.',
      positionals: [{ name: 'SPEC', summary: 'a JSON file with the question and the participants', required: true }],
      options: { ...log, resume: { summary: 'Go on with what is recorded of it' } },
      examples: [
        { command: 'postern memory quorum run question.json', why: 'then: postern librarian run' },
        { command: 'postern memory quorum run --resume question.json', why: 'after it was interrupted' },
      ],
      keeps: ['fs.write', 'child', 'net'],
      load: () => import('./quorum-run.ts'),
    },
    {
      name: 'show',
      summary: 'List quorums, or show what one of them found',
      positionals: [{ name: 'ID', summary: 'the quorum, or how its id begins' }],
      options: log,
      examples: [{ command: 'postern memory quorum show', why: 'all of this memory' }],
      load: () => import('./quorum-show.ts'),
    },
  ],
}
