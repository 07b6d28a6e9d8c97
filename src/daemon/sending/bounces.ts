import { bouncesIn } from '#mail/drafts/bounce.ts'
import { listSends, sendById } from '#mail/drafts/index.ts'
import type { ListedMessage, MessageId } from '#mail/store/index.ts'
import { parseMessageId } from '#mail/store/index.ts'
import type { Core } from '../part.ts'

const reportDaysMax = 30
const dayMs = 24 * 60 * 60_000

/** Looks at mail that just came for reports about what was sent; nothing follows from one but what a person reads. */
export async function linkBounces(core: Core, ids: readonly MessageId[]): Promise<void> {
  const { reader, writer, clock, log, events } = core
  if (listSends(reader.statements, ['sent', 'unknown'], 1).length === 0) return
  const oldest = clock.now() - reportDaysMax * dayMs
  const likely = reader.list(ids).filter(message => message.date > oldest && looksLikeReport(message))
  for (const { id, account } of likely) {
    const parsed = parseMessageId(id)
    const raw = parsed === undefined ? undefined : reader.raw(parsed)
    if (raw === undefined || !raw.ok) continue
    for (const bounce of bouncesIn(raw.value)) {
      const linked = await writer.recordBounce({ ...bounce, account })
      if (!linked.ok) log.warn('bounce.failed', { code: linked.error.code })
      for (const send of linked.ok ? linked.value : []) {
        log.info('send.bounced', { account, send, action: bounce.action })
        const row = sendById(reader.statements, send)
        if (row !== undefined)
          events.emit('send.changed', { send_id: send, draft_id: row.draft, state: 'bounced' }, account)
      }
    }
  }
}

/** Cheap, so that a first sync of a large mailbox does not read everything twice; what it lets through is parsed. */
function looksLikeReport({ from, subject }: ListedMessage): boolean {
  const sender = from[0]?.email ?? ''
  return (
    sender === '' ||
    /^(?:mailer-daemon|postmaster|mail-daemon|bounce)/i.test(sender) ||
    /undeliver|deliver|return|fail|unzustell|nicht zugestellt|échec|no se pudo|mancata/i.test(subject)
  )
}
