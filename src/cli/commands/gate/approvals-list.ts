import type { Exit } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import type { ResultOf } from '#daemon/requests/index.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { formatOf, showListing } from '../mail/listing.ts'

type Staged = ResultOf<'approval.show'>

export const run: Run = ({ options }, session) =>
  withDaemon<Exit>(session, async client => {
    const { items } = granted(await client.request('approval.list', options.flag('all') ? { state: 'all' } : {}))
    showListing<Staged>(
      {
        rows: items,
        columns: [
          { title: 'id', text: ({ id }) => id },
          { title: 'state', text: ({ state }) => state },
          { title: 'agent', text: ({ agent }) => printableLine(agent ?? '') },
          { title: 'what', text: whatOf, grows: true },
          { title: 'why', text: ({ reasons }) => reasons.join(', ') },
        ],
        id: ({ id }) => id,
        json: staged => staged,
      },
      formatOf(options, session.output),
      session.output,
    )
    const first = items.find(({ state }) => state === 'waiting')
    if (first !== undefined) session.output.talk(`see: postern approvals show ${first.id}`)
    else if (items.length === 0) session.output.talk('nothing waits for you')
    return 'done'
  })

/** `letter to a@b.example: Subject`. */
export function whatOf({ title, lines }: Staged): string {
  const named = (name: string) => lines.filter(line => line.name === name).map(({ value }) => value)
  const to = named('to')
  if (to.length === 0) return printableLine([title, ...named('messages').map(count => `${count} messages`)].join(', '))
  const more = to.length > 2 ? ` and ${to.length - 2} more` : ''
  return printableLine(`${title} to ${to.slice(0, 2).join(', ')}${more}: ${named('subject')[0] ?? ''}`)
}
