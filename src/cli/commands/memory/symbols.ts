import { SymbolList } from '#memory/read/symbol-list.ts'
import type { Run } from '../../command.ts'
import { showListing } from '../mail/listing.ts'
import { recordsOf } from './committed.ts'
import { integer } from './wire.ts'

export const run: Run = async ({ options }, session) => {
  const symbols = SymbolList.of(recordsOf(options, session))
  showListing(
    {
      rows: symbols.sorted(),
      columns: [
        { title: 'ID', text: ({ id }) => `#${id}`, align: 'right' },
        { title: 'NAME', text: ({ name }) => name, grows: true },
        { title: 'KIND', text: ({ kind }) => kind },
        { title: '', text: ({ isRetired }) => (isRetired ? 'retired' : '') },
        { title: 'ALIASES', text: ({ aliases }) => aliases.join(' ') },
      ],
      id: ({ id }) => String(id),
      json: ({ id, name, kind, isRetired, aliases }) => ({ id: integer(id), name, kind, retired: isRetired, aliases }),
    },
    session.output.json ? 'json' : 'table',
    session.output,
  )
  return 'done'
}
