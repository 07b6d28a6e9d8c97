import { messageKey } from '../thread/index.ts'
import { candidateIds, type MessageId, sortSecond } from './ids.ts'
import type { SealedMessage } from './seal.ts'

/** The second by which a message sorts. */
export function secondOf({ incoming: { document, receivedAt } }: SealedMessage, nowMs: number): number {
  return sortSecond(
    {
      ...(document.date === undefined ? {} : { date: document.date }),
      ...(receivedAt === undefined ? {} : { receivedAt }),
    },
    nowMs,
  )
}

/** The first id that a message may take and nobody has. */
export function freeId(message: SealedMessage, second: number, isTaken: (id: MessageId) => boolean): MessageId {
  for (const id of candidateIds(second, seedOf(message))) if (!isTaken(id)) return id
  throw new RangeError('no free id near that second')
}

/** From the content, so that ids do not depend on the order of arrival. */
function seedOf({ raw, incoming }: SealedMessage): number {
  const account = messageKey(incoming.account) % 4294967296
  if (raw === undefined) return (messageKey(incoming.document.messageId) + account) % 4294967296
  return (Buffer.from(raw.sha256).readUInt32LE(0) + account) % 4294967296
}
