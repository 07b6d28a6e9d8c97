import { printableLine } from '#base/printable.ts'
import type { Change, ResultOf } from '#daemon/requests/index.ts'
import type { Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { formatOf, showListing } from '../mail/listing.ts'
import { numberOption } from '../mail/search-options.ts'
import { longDate } from '../mail/words.ts'
import { decisionNumber } from './undo.ts'

export const run: Run = ({ path: [, verb], positionals: [which = ''], options }, session) =>
  withDaemon(session, async client => {
    const { output } = session
    switch (verb) {
      case 'retry': {
        const { pending } = granted(await client.request('outbox.retry', {}))
        if (output.json) output.data({ pending })
        else output.talk(pending === 0 ? 'nothing waits' : `trying ${pending} now`)
        return 'done'
      }
      case 'drop': {
        const decision = decisionNumber(which)
        const { dropped } = granted(await client.request('outbox.drop', { decision_id: decision }))
        if (output.json) output.data({ dropped })
        else output.talk(`${dropped} messages are again as their provider knows them`)
        return dropped === 0 ? 'not_found' : 'done'
      }
      case 'show': {
        const items: Item[] = []
        for (let after: string | undefined; ; ) {
          const page = granted(
            await client.request('decision.show', {
              decision_id: decisionNumber(which),
              ...(after === undefined ? {} : { after }),
            }),
          )
          items.push(...page.items)
          if (page.next_after === null) break
          after = page.next_after
        }
        showItems(items, { session, format: formatOf(options, output) })
        return items.length === 0 ? 'not_found' : 'done'
      }
      case 'decisions': {
        const limit = numberOption(options, 'limit', 20, 1_000)
        const { items } = granted(await client.request('decision.list', { limit }))
        showDecisions(items, { session, format: formatOf(options, output, false) })
        return 'done'
      }
      default:
        showOutbox(granted(await client.request('outbox.list', {})), session)
        return 'done'
    }
  })

type Item = ResultOf<'decision.show'>['items'][number]
type Decision = ResultOf<'decision.list'>['items'][number]
interface Shown {
  readonly session: Session
  readonly format: ReturnType<typeof formatOf>
}

function showItems(rows: readonly Item[], { session, format }: Shown): void {
  showListing<Item>(
    {
      rows,
      id: ({ id }) => id,
      json: row => row,
      columns: [
        { title: 'id', text: ({ id }) => id },
        { title: 'state', text: ({ state }) => state },
        { title: 'why', text: ({ code }) => code ?? '' },
      ],
    },
    format,
    session.output,
  )
}

function showDecisions(rows: readonly Decision[], { session, format }: Shown): void {
  showListing<Decision>(
    {
      rows,
      id: ({ decision_id: id }) => String(id),
      json: row => row,
      columns: [
        { title: 'no', text: ({ decision_id: id }) => String(id), align: 'right' },
        { title: 'when', text: ({ decided_at: at }) => longDate(Date.parse(at)) },
        { title: 'messages', text: ({ messages }) => String(messages), align: 'right' },
        {
          title: 'what',
          text: ({ changes, undoes }) => (undoes === null ? wordsOf(changes) : `undo ${undoes}`),
          grows: true,
        },
        { title: 'state', text: ({ states }) => statesText(states) },
      ],
    },
    format,
    session.output,
  )
}

function showOutbox({ accounts, decisions }: ResultOf<'outbox.list'>, { output }: Session): void {
  if (output.json) {
    output.data({ accounts, decisions })
    return
  }
  for (const { account, pending, attempts, last_error: error, next_try_at: next } of accounts) {
    const why = error === null ? '' : `: ${printableLine(error.message)} (${error.code}, ${attempts} times)`
    const when = next === null ? '' : `, again ${longDate(Date.parse(next))}`
    output.write(`${printableLine(account)}  ${pending} to be delivered${why}${when}\n`)
  }
  for (const { decision_id: id, account, changes, pending, failed } of decisions) {
    const counts = [...(pending > 0 ? [`${pending} wait`] : []), ...(failed > 0 ? [`${failed} refused`] : [])]
    output.write(`  ${id}  ${printableLine(account)}  ${wordsOf(changes)}  ${counts.join(', ')}\n`)
  }
  if (accounts.length === 0) output.talk('no account has a provider that would have to be told')
}

function wordsOf(changes: readonly Change[]): string {
  const words = changes.map(change => {
    if (change.action === 'mark') return change.read ? 'mark read' : 'mark unread'
    if (change.action === 'star') return change.starred ? 'star' : 'unstar'
    if (change.action === 'label' || change.action === 'unlabel') return `${change.action} ${change.label}`
    if (change.action === 'move') return `move to ${change.folder}`
    if (change.action === 'snooze') return `snooze until ${longDate(Date.parse(change.until))}`
    return change.action
  })
  return printableLine(words.join(', '))
}

function statesText(states: Decision['states']): string {
  return Object.entries(states)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ')
}
