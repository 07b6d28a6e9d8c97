import { Failure } from '#base/failure.ts'
import { draftLimits } from '#librarian/drafts/draft.ts'
import type { DraftQueue } from '#librarian/drafts/queue.ts'
import { authenticationOf } from '#mail/letter/authentication.ts'
import { parseMessage } from '#mail/mime/index.ts'
import type { MailReader, MessageId } from '#mail/store/index.ts'
import type { Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { readLetter } from '../mail/letter.ts'
import { unwrap, withReader } from '../mail/open-store.ts'
import { selectMessages } from '../mail/selection.ts'
import { openQueue } from './queue.ts'

const messagesMax = 1_000

/** Messages become drafts that lead back to them. What a message says is what its sender says, whoever that is. */
export const run: Run = async (invocation, session) => {
  const counts = { proposed: 0, known: 0, skipped: 0 }
  await withReader(session, reader => {
    const ids = selectMessages(reader, invocation, session)
    if (ids.length > messagesMax) {
      throw new Failure('usage', 'too_many_messages', `${ids.length} messages match; at most ${messagesMax} at once`, {
        next: 'narrow the search, or name threads',
      })
    }
    const queue = openQueue(invocation.options, session, true)
    for (const id of ids) counts[propose(reader, id, queue, session)]++
  })
  if (session.output.json) session.output.data(counts)
  else {
    session.output.write(`${counts.proposed} proposed, ${counts.known} known before, ${counts.skipped} skipped\n`)
    if (counts.proposed > 0) session.output.talk('next: postern librarian run')
  }
  return 'done'
}

function propose(
  reader: MailReader,
  id: MessageId,
  queue: DraftQueue,
  session: Session,
): 'proposed' | 'known' | 'skipped' {
  const [listed] = reader.list([id])
  if (listed === undefined) return 'skipped'
  const raw = unwrap(reader.raw(id))
  const { authenticationResults, textBody, htmlBody } = parseMessage(raw)
  const body = cutTo(`Subject: ${listed.subject}\n\n${readLetter(raw, 'reader').body}`, draftLimits.textBytesMax)
  const submitted = queue.submit(
    {
      surface: 'mail',
      agent: null,
      project: null,
      operator: null,
      provenance: `mail:${listed.id}`,
      mail: {
        account: field(listed.account),
        message: listed.id,
        messageId: field(listed.messageId ?? ''),
        part: textBody[0] ?? htmlBody[0] ?? '1',
        from: field(listed.from[0]?.email ?? ''),
        authentication: authenticationOf(authenticationResults),
      },
      tags: [],
      text: body,
    },
    Math.min(session.clock.now(), Math.max(0, listed.date)),
  )
  if (!submitted.ok) {
    session.output.complain(`not taken in: ${listed.id} (${submitted.error.code})`)
    return 'skipped'
  }
  return submitted.value.isNew ? 'proposed' : 'known'
}

/** A field of the envelope from a header that a stranger wrote. */
function field(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .slice(0, draftLimits.fieldLengthMax)
    .toWellFormed()
}

function cutTo(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text.toWellFormed()
  return Buffer.from(text)
    .subarray(0, bytesMax - 4)
    .toString()
    .replace(/\ufffd+$/, '')
    .toWellFormed()
}
