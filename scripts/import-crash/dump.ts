import { hash } from 'node:crypto'
import type { Result } from '#base/result.ts'
import { search } from '#mail/search/index.ts'
import { check, MailReader, parseMessageId } from '#mail/store/index.ts'

const queries = [
  ...[
    'invoice',
    'invoice meeting',
    '"engine window"',
    'number7',
    'from:p12',
    'to:me is:unread',
    'in:inbox',
    'label:Work',
  ],
  ...[
    'is:starred',
    'has:attachment',
    'filename:pdf',
    'subject:budget',
    'in:trash',
    'date:2020-03',
    'harb*',
    'larger:10k',
  ],
]

/** All that a person could see of a store, in a canonical form: two stores with the same mail give the same lines. */
export function dump(path: string): string[] {
  const reader = unwrap(MailReader.open(path))
  try {
    const lines = unwrap(check(reader, { withRaw: true })).map(finding => `finding ${JSON.stringify(finding)}`)
    const ids = reader.statements.all('SELECT id FROM messages ORDER BY id').map(row => Number(row[0]))
    for (const id of ids) {
      const [message] = reader.list([id])
      const labels = message?.labels.map(({ name, role }) => `${name}/${role ?? ''}`).sort()
      const files = reader.attachments(id).map(({ part, filename, sizeBytes }) => [part, filename, sizeBytes])
      lines.push(JSON.stringify([{ ...message, labels }, files, hash('sha256', unwrap(reader.raw(id)), 'hex')]))
    }
    for (const { key, role, total, unread } of reader.labels())
      lines.push(JSON.stringify(['label', key, role, total, unread]))
    lines.push(...threads(reader), ...queries.map(query => found(reader, query)))
    return lines
  } finally {
    reader.close()
  }
}

function threads(reader: MailReader): string[] {
  const lines: string[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = unwrap(reader.threads({ limit: 500, ...(cursor === undefined ? {} : { cursor }) }))
    for (const thread of page.threads) {
      lines.push(JSON.stringify([thread, reader.thread(thread.id)?.map(({ id, depth }) => [id, depth])]))
    }
    cursor = page.nextCursor
  }
  return lines
}

function found(reader: MailReader, query: string): string {
  const { messages } = unwrap(search(reader, query, { now: Date.UTC(2026, 9, 2), timeZone: 'UTC', limit: 1000 }))
  return `${query}: ${messages.map(({ id }) => parseMessageId(id)).join(' ')}`
}

function unwrap<T>(result: Result<T, { code: string; message: string }>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}
