import { Failure } from '#base/failure.ts'
import { type ListedMessage, type MailReader, type MessageId, parseMessageId } from '#mail/store/reading.ts'
import { unwrap } from './open-store.ts'

export interface Found {
  readonly id: MessageId
  readonly listed: ListedMessage
}

/** The message that an id names, or the end of the command. */
export function findMessage(reader: MailReader, id: string): Found {
  const parsed = parseMessageId(id)
  const listed = parsed === undefined ? undefined : reader.list([parsed])[0]
  if (parsed !== undefined && listed !== undefined) return { id: parsed, listed }
  const shown = id.length > 40 ? `${id.slice(0, 40)}…` : id
  throw new Failure('not_found', 'message_unknown', `there is no message ${shown}`, { next: 'postern search QUERY' })
}

export function rawOf(reader: MailReader, { id }: Found): Uint8Array {
  return unwrap(reader.raw(id))
}
