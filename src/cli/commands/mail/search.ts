import { Failure } from '#base/failure.ts'
import { messageJson } from '#mail/letter/json.ts'
import { type Explanation, explain, pageSizeMax, type SearchOptions, search } from '#mail/search/index.ts'
import type { ListedMessage, MailReader } from '#mail/store/index.ts'
import type { Invocation, Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { type Column, formatOf, showListing } from './listing.ts'
import { withReader } from './open-store.ts'
import { checkAccounts, numberOption, planOptions, searchFailure, sortOf, tellWarnings } from './search-options.ts'
import { shortDate, whoIs } from './words.ts'

const limitDefault = 50

export const run: Run = (invocation, session) =>
  withReader(session, reader => {
    checkAccounts(invocation.options.values('account'), reader)
    const { query, options } = requestOf(invocation, session, reader)
    if (invocation.options.flag('explain')) return showExplanation(reader, query, options, session)
    const format = formatOf(invocation.options, session.output)
    const found = search(reader, query, options)
    if (!found.ok) throw searchFailure(found.error, query)
    const { messages, nextCursor, warnings } = found.value
    tellWarnings(warnings, session)
    showListing(
      {
        rows: messages,
        columns: messageColumns(session),
        id: ({ id }) => id,
        json: messageJson,
        isStrong: ({ flags }) => !flags.read,
        page: { next_cursor: nextCursor ?? null },
      },
      format,
      session.output,
    )
    if (messages.length === 0) session.output.talk('nothing matches')
    return 'done'
  })

interface Request {
  readonly query: string
  readonly options: SearchOptions
}

function requestOf({ positionals, options }: Invocation, session: Session, reader: MailReader): Request {
  const name = options.value('saved')
  const saved = name === undefined ? undefined : savedSearch(reader, name)
  const words = positionals.join(' ')
  const query = saved === undefined ? words : [`(${saved.query})`, words].filter(text => text !== '').join(' ')
  if (query === '') throw new Failure('usage', 'query_missing', 'what to look for?', { next: 'postern help search' })
  const cursor = options.value('cursor')
  const sort = sortOf(options.value('sort')) ?? saved?.sort
  const plan = planOptions(options, session)
  return {
    query,
    options: {
      ...plan,
      limit: numberOption(options, 'limit', limitDefault, pageSizeMax),
      ...(saved?.account == null || plan.accounts !== undefined ? {} : { accounts: [saved.account] }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(sort === undefined ? {} : { sort }),
    },
  }
}

function savedSearch(reader: MailReader, name: string) {
  const saved = reader.savedSearches().find(each => each.name.toLowerCase() === name.toLowerCase())
  if (saved !== undefined) return saved
  throw new Failure('not_found', 'saved_search_unknown', `there is no saved search "${name}"`, {
    next: 'postern saved list',
  })
}

function messageColumns({ clock }: Session): Column<ListedMessage>[] {
  return [
    { title: 'id', text: ({ id }) => id, isId: true },
    { title: 'date', text: ({ date }) => shortDate(date, clock.now()) },
    { title: 'from', text: ({ from }) => whoIs(from[0]) },
    {
      title: 'subject',
      text: ({ subject, hasAttachments }) => `${subject}${hasAttachments ? ' 📎' : ''}`,
      grows: true,
    },
  ]
}

function showExplanation(reader: MailReader, query: string, options: SearchOptions, { output }: Session) {
  const explained = explain(reader, query, options)
  if (!explained.ok) throw searchFailure(explained.error, query)
  if (output.json) output.data(explained.value)
  else output.write(explanationText(explained.value))
  return 'done' as const
}

function explanationText({ canonical, diagnostics, branches }: Explanation): string {
  const notes = diagnostics.map(({ severity, message }) => `${severity}: ${message}`)
  const parts = branches.map(({ match, tests, drivers, plan }) =>
    [
      `words: ${match ?? 'none'}`,
      ...tests.map(test => `test: ${test}`),
      ...drivers.map(({ name, rows }) => `driver: ${name}, ${rows} rows`),
      ...plan.map(step => `plan: ${step}`),
    ].join('\n  '),
  )
  return `${[`query: ${canonical}`, ...notes, ...parts].join('\n')}\n`
}
