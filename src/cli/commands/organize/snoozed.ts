import type { ResultOf } from '#daemon/requests/index.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { formatOf, showListing } from '../mail/listing.ts'
import { longDate, whoIs } from '../mail/words.ts'

type Row = ResultOf<'snooze.list'>['items'][number]

export const run: Run = ({ options }, session) =>
  withDaemon(session, async client => {
    const accounts = options.values('account')
    const scope = accounts.length === 0 ? {} : { accounts: [...accounts] }
    const { items } = granted(await client.request('snooze.list', { ...scope, limit: 1_000 }))
    showListing<Row>(
      {
        rows: items,
        id: ({ message }) => message.id,
        json: row => row,
        columns: [
          { title: 'id', text: ({ message }) => message.id },
          { title: 'back', text: ({ wake_at: at }) => longDate(Date.parse(at)) },
          { title: 'from', text: ({ message }) => whoIs(message.from ?? undefined) },
          { title: 'subject', text: ({ message }) => message.subject, grows: true },
        ],
      },
      formatOf(options, session.output),
      session.output,
    )
    return 'done' as const
  })
