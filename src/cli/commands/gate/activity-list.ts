import type { Exit } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import type { ParamsGiven, ResultOf } from '#daemon/requests/index.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { formatOf, showListing } from '../mail/listing.ts'
import { numberOption } from '../mail/search-options.ts'

type Entry = ResultOf<'activity.list'>['items'][number]

export const run: Run = ({ options }, session) =>
  withDaemon<Exit>(session, async client => {
    const agent = options.value('agent')
    const verdict = options.value('verdict')
    const before = options.value('before')
    const params: ParamsGiven<'activity.list'> = {
      limit: numberOption(options, 'limit', 50, 1_000),
      ...(agent === undefined ? {} : { agent }),
      ...(verdict === 'stage' || verdict === 'deny' || verdict === 'effect' ? { verdict } : {}),
      ...(before === undefined ? {} : { before: numberOption(options, 'before', 0, Number.MAX_SAFE_INTEGER) }),
    }
    const { items } = granted(await client.request('activity.list', params))
    const names = new Map(granted(await client.request('agent.list', {})).items.map(({ id, name }) => [id, name]))
    showListing<Entry>(
      {
        rows: items,
        columns: [
          { title: 'seq', text: ({ seq }) => String(seq) },
          { title: 'at', text: ({ at }) => at },
          { title: 'who', text: entry => printableLine(whoOf(entry, names)) },
          { title: 'verdict', text: ({ details }) => details?.verdict ?? 'redacted' },
          { title: 'what', text: ({ details }) => printableLine(details?.action ?? '') },
          { title: 'why', text: ({ details }) => printableLine(details?.reason ?? '') },
        ],
        id: ({ seq }) => String(seq),
        json: entry => entry,
      },
      formatOf(options, session.output),
      session.output,
    )
    return 'done'
  })

function whoOf({ details }: Entry, names: ReadonlyMap<string, string>): string {
  if (details === null) return ''
  const { origin, actor } = details
  return actor === null ? origin : `${origin} ${names.get(actor) ?? actor}`
}
