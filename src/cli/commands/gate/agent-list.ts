import type { Exit } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import type { ResultOf } from '#daemon/requests/index.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { formatOf, showListing } from '../mail/listing.ts'

type Agent = ResultOf<'agent.list'>['items'][number]

export const run: Run = ({ options }, session) =>
  withDaemon<Exit>(session, async client => {
    const { items } = granted(await client.request('agent.list', {}))
    showListing<Agent>(
      {
        rows: items,
        columns: [
          { title: 'name', text: ({ name }) => printableLine(name) },
          { title: 'profile', text: ({ profile }) => profile },
          { title: 'state', text: stateOf },
          { title: 'last used', text: ({ last_used_at: at }) => at ?? 'never' },
        ],
        id: ({ id }) => id,
        json: agent => agent,
      },
      formatOf(options, session.output),
      session.output,
    )
    if (items.length === 0) session.output.talk('no agent was let in; postern agent add NAME')
    return 'done'
  })

function stateOf({ revoked_at: revoked, expires_at: expires }: Agent): string {
  if (revoked !== null) return `revoked ${revoked}`
  return expires === null ? 'in' : `in until ${expires}`
}
