import { parserVersion } from '#mail/document.ts'
import type { MailReader } from '#mail/store/index.ts'
import type { Check } from '../check.ts'

/** Messages that are here as a header only: no fault, but a search finds less of them. */
export const sources: Check = {
  name: 'sources',
  sound: 'every message is here with its source',
  needsStore: true,
  run: ({ reader }) => {
    const count = reader === undefined ? 0 : numberOf(reader, 'SELECT count(*) FROM messages WHERE raw_id IS NULL')
    if (count === 0) return []
    const message = `${count} messages are here as a header only so far`
    return [{ code: 'source_missing', message, severity: 'note', count }]
  },
}

/** What an older parser read: it works, and would be read better now. */
export const versions: Check = {
  name: 'versions',
  sound: 'everything was read by this version',
  needsStore: true,
  run: ({ reader }) => {
    if (reader === undefined) return []
    const count = numberOf(
      reader,
      `SELECT count(*) FROM messages WHERE parser_version < ${parserVersion} AND raw_id IS NOT NULL`,
    )
    if (count === 0) return []
    const message = `${count} messages were read by an older version, or a reindex was interrupted`
    return [{ code: 'parser_stale', message, severity: 'problem', next: 'postern reindex', count }]
  },
}

function numberOf(reader: MailReader, sql: string): number {
  return Number(reader.statements.one(sql)?.[0])
}
