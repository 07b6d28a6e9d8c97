import type { Label } from '#mail/store/index.ts'
import type { Run } from '../../command.ts'
import { formatOf, showListing } from './listing.ts'
import { withReader } from './open-store.ts'
import { checkAccounts } from './search-options.ts'

export const run: Run = ({ options }, session) =>
  withReader(session, reader => {
    const accounts = options.values('account')
    checkAccounts(accounts, reader)
    const rows = reader.labels().filter(({ account }) => accounts.length === 0 || accounts.includes(account))
    showListing<Label>(
      {
        rows,
        id: ({ key }) => key,
        json: ({ account, key, name, kind, role, total, unread }) => ({
          account,
          key,
          name,
          kind,
          role,
          total,
          unread,
        }),
        columns: [
          { title: 'account', text: ({ account }) => account },
          { title: 'label', text: ({ name }) => name, grows: true },
          { title: 'kind', text: ({ kind, role }) => role ?? kind },
          { title: 'unread', text: ({ unread }) => String(unread), align: 'right' },
          { title: 'total', text: ({ total }) => String(total), align: 'right' },
        ],
        isStrong: ({ unread }) => unread > 0,
      },
      formatOf(options, session.output),
      session.output,
    )
    return 'done'
  })
