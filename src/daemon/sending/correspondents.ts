import type { MailReader } from '#mail/store/index.ts'
import { FLAG } from '#mail/store/index.ts'
import { parsePeople } from '#mail/store/people-text.ts'
import type { Correspondents } from './checks/index.ts'

const messagesMax = 20_000
const frequentMax = 2_000

/** Whom the person wrote to, by the latest of what they sent. */
export function correspondentsOf(reader: MailReader): Correspondents {
  const rows = reader.statements.all(
    `SELECT e.people FROM messages m JOIN envelopes e ON e.id = m.id
     WHERE (m.flags & ${FLAG.sent}) <> 0 ORDER BY m.id DESC LIMIT ${messagesMax}`,
  )
  const sent = new Map<string, number>()
  for (const [people] of rows) {
    if (typeof people !== 'string') continue
    const { to, cc, bcc } = parsePeople(people)
    for (const { email } of [...to, ...cc, ...bcc]) {
      const key = email.toLowerCase()
      sent.set(key, (sent.get(key) ?? 0) + 1)
    }
  }
  for (const [address, count] of reader.statements.all(
    "SELECT lower(address), count(*) FROM send_recipients WHERE state IN ('taken', 'delayed') GROUP BY 1",
  )) {
    // Where sent mail is not filed, the receipts know; where it is, both say the same.
    if (typeof address === 'string') sent.set(address, Math.max(sent.get(address) ?? 0, Number(count)))
  }
  const frequent = [...sent].sort((a, b) => b[1] - a[1]).slice(0, frequentMax)
  return {
    sentTo: email => sent.get(email.toLowerCase()) ?? 0,
    frequent: frequent.map(([email, count]) => ({ email, sent: count })),
  }
}
