import { type BaseSubject, parentKeys, subjectKey } from '../thread/index.ts'
import { integer, text } from './database.ts'
import { firstIdOf, type MessageId } from './ids.ts'
import type { MessageDocument, ProviderIds } from './incoming.ts'
import { parsePeople } from './people-text.ts'
import type { Writing } from './writing.ts'

export interface SubjectCandidate {
  readonly id: MessageId
  readonly account: number
  readonly thread: number
  readonly second: number
  readonly subject: BaseSubject
  readonly document: MessageDocument
  readonly provider: ProviderIds | undefined
}

const windowSeconds = 30 * 86_400
/** A reply's clock may be behind that of what it answers. */
const clockSkewSeconds = 3600
const candidatesMax = 64

/**
 * Joins a reply that names no parent with what it answers: the same base subject within 30 days, from someone who was
 * written to, to someone who wrote. Anything less would join every "Re: invoice" of the year.
 */
export function threadBySubject(writing: Writing, candidate: SubjectCandidate): void {
  const { account, second, subject, document, provider } = candidate
  const key = subjectKey(account, subject)
  if (key === 0) return
  const isOrphan = subject.isReply && provider?.threadId === undefined && parentKeys(document).length === 0
  const earlier = isOrphan ? find(writing, key, [second - windowSeconds, second + clockSkewSeconds], '') : []
  const later = find(writing, key, [second - clockSkewSeconds, second + windowSeconds], 'AND threading = 1')
  const own = ends(document)
  const answered = [...earlier, ...later].filter(other => other.id !== candidate.id && isExchange(own, other))
  if (answered.length > 0) writing.threads.joinThreads([candidate.thread, ...answered.map(({ thread }) => thread)])
}

interface Ends {
  readonly author: string
  readonly recipients: readonly string[]
}

function isExchange(one: Ends, other: Ends): boolean {
  return one.recipients.includes(other.author) && other.recipients.includes(one.author)
}

function ends({ from, to, cc }: Pick<MessageDocument, 'from' | 'to' | 'cc'>): Ends {
  return {
    author: from[0]?.email.toLowerCase() ?? '',
    recipients: [...to, ...cc].map(({ email }) => email.toLowerCase()),
  }
}

function find(
  { statements }: Writing,
  key: number,
  [from, to]: readonly [number, number],
  restriction: '' | 'AND threading = 1',
): (Ends & { id: MessageId; thread: number })[] {
  const rows = statements.all(
    `SELECT m.id, m.thread_id, e.people FROM messages m JOIN envelopes e ON e.id = m.id
     WHERE m.subject_key = ? ${restriction} AND m.id BETWEEN ? AND ? ORDER BY m.id LIMIT ${candidatesMax}`,
    key,
    firstIdOf(from),
    firstIdOf(to + 1),
  )
  return rows.map(row => ({ id: integer(row, 0), thread: integer(row, 1), ...ends(parsePeople(text(row, 2))) }))
}
