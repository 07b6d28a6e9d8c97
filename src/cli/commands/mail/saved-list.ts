import { count } from '#mail/search/index.ts'
import type { SavedSearch } from '#mail/store/index.ts'
import type { Run } from '../../command.ts'
import { formatOf, showListing } from './listing.ts'
import { withReader } from './open-store.ts'
import { momentOf } from './search-options.ts'

interface Row extends SavedSearch {
  /** Null when the query can no longer be understood. */
  readonly unread: number | null
}

export const run: Run = ({ options }, session) =>
  withReader(session, reader => {
    const moment = momentOf(session)
    const rows = reader.savedSearches().map(saved => {
      const scope = saved.account === null ? {} : { accounts: [saved.account] }
      const unread = count(reader, `(${saved.query}) is:unread`, { ...moment, ...scope })
      return { ...saved, unread: unread.ok ? unread.value.total : null }
    })
    showListing<Row>(
      {
        rows,
        id: ({ name }) => name,
        json: ({ name, query, sort, account, unread }) => ({ name, query, sort, account, unread }),
        columns: [
          { title: 'name', text: ({ name }) => name, isId: true },
          { title: 'unread', text: ({ unread }) => String(unread ?? '?'), align: 'right' },
          { title: 'account', text: ({ account }) => account ?? 'all' },
          { title: 'query', text: ({ query }) => query, grows: true },
        ],
        isStrong: ({ unread }) => unread !== null && unread > 0,
      },
      formatOf(options, session.output, false),
      session.output,
    )
    return 'done'
  })
