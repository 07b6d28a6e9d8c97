import type { LogRecord, SymbolId } from '#memory/canonical/record.ts'
import { civilTime } from '#memory/read/civil.ts'
import { SymbolList } from '#memory/read/symbol-list.ts'
import type { Run } from '../../command.ts'
import { showListing } from '../mail/listing.ts'
import { recordsOf } from './committed.ts'
import { integer } from './wire.ts'

interface Episode {
  readonly id: SymbolId
  readonly at: number | bigint
  readonly memories: number | bigint
  readonly label: string | undefined
  readonly parent: SymbolId | undefined
  readonly retracts: readonly SymbolId[]
}

export const run: Run = async ({ options }, session) => {
  const symbols = new SymbolList()
  const rows = [...episodes(recordsOf(options, session), symbols)]
  const nameOf = (id: SymbolId) => symbols.get(id)?.name ?? `#${id}`
  showListing(
    {
      rows,
      columns: [
        { title: 'EPISODE', text: ({ id }) => nameOf(id) },
        { title: 'COMMITTED', text: ({ at }) => civilTime(at) },
        { title: 'MEMORIES', text: ({ memories }) => String(memories), align: 'right' },
        { title: 'PARENT', text: ({ parent }) => (parent === undefined ? '' : nameOf(parent)) },
        { title: 'RETRACTS', text: ({ retracts }) => retracts.map(nameOf).join(' ') },
        { title: 'LABEL', text: ({ label }) => label ?? '', grows: true },
      ],
      id: ({ id }) => String(id),
      json: ({ id, at, memories, label, parent, retracts }) => ({
        id: integer(id),
        name: nameOf(id),
        committed_at: integer(at),
        memories: integer(memories),
        label: label ?? null,
        parent: parent === undefined ? null : { id: integer(parent), name: nameOf(parent) },
        retracts: retracts.map(each => ({ id: integer(each), name: nameOf(each) })),
      }),
    },
    session.output.json ? 'json' : 'table',
    session.output,
  )
  return 'done'
}

/** Metadata stands before the checkpoint of its batch. */
function* episodes(records: Iterable<LogRecord>, symbols: SymbolList): Generator<Episode> {
  let meta: Pick<Episode, 'label' | 'parent' | 'retracts'> = none
  for (const record of records) {
    symbols.apply(record)
    if (record.type === 'episode_meta') meta = record
    if (record.type !== 'checkpoint') continue
    yield { id: record.episode, at: record.at, memories: record.memoryCount, ...meta }
    meta = none
  }
}

const none = { label: undefined, parent: undefined, retracts: [] } as const
