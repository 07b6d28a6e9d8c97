import { Failure } from '#base/failure.ts'
import { instant } from '#base/instant.ts'
import { count, type Group, type GroupBy, group } from '#mail/search/index.ts'
import type { Run } from '../../command.ts'
import { formatOf, showListing } from './listing.ts'
import { withReader } from './open-store.ts'
import { checkAccounts, numberOption, planOptions, searchFailure, tellWarnings } from './search-options.ts'
import { shortDate } from './words.ts'

const groupsDefault = 20
const groupsMax = 10_000

export const run: Run = ({ positionals, options }, session) =>
  withReader(session, reader => {
    const { output, clock } = session
    const query = positionals.join(' ')
    if (query === '') throw new Failure('usage', 'query_missing', 'what to count?', { next: 'postern help search' })
    checkAccounts(options.values('account'), reader)
    const by = groupBy(options.value('group-by'))
    const plan = planOptions(options, session)
    if (by === undefined) {
      const counted = count(reader, query, plan)
      if (!counted.ok) throw searchFailure(counted.error, query)
      const { total, isLowerBound, warnings } = counted.value
      tellWarnings(warnings, session)
      if (output.json || options.value('format')?.startsWith('json') === true) {
        output.data({ query, total, total_is_lower_bound: isLowerBound })
      } else output.write(`${total}${isLowerBound ? '+' : ''}\n`)
      return 'done'
    }
    const grouped = group(reader, query, { ...plan, by })
    if (!grouped.ok) throw searchFailure(grouped.error, query)
    tellWarnings(grouped.value.warnings, session)
    const rows = grouped.value.groups.slice(0, numberOption(options, 'limit', groupsDefault, groupsMax))
    showListing<Group>(
      {
        rows,
        id: ({ name }) => name,
        json: groupJson,
        columns: [
          { title: 'count', text: each => String(each.count), align: 'right' },
          { title: 'unread', text: ({ unread }) => String(unread), align: 'right' },
          { title: 'newest', text: ({ newest }) => shortDate(newest, clock.now()) },
          { title: by, text: ({ name }) => name, grows: true, isId: true },
        ],
        page: { query, group_by: by, total: grouped.value.groups.length },
      },
      formatOf(options, output, false),
      output,
    )
    return 'done'
  })

function groupBy(value: string | undefined): GroupBy | undefined {
  return value === 'from' || value === 'list' || value === 'label' || value === 'month' ? value : undefined
}

function groupJson({ name, count: messages, unread, oldest, newest }: Group) {
  return { key: name, count: messages, unread, oldest: instant(oldest), newest: instant(newest) }
}
