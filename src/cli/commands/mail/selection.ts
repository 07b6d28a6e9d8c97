import { Failure } from '#base/failure.ts'
import { pageSizeMax, searchIds } from '#mail/search/index.ts'
import { type MailReader, type MessageId, parseMessageId } from '#mail/store/reading.ts'
import type { Invocation } from '../../command.ts'
import type { Session } from '../../session.ts'
import { findMessage } from './find-message.ts'
import { idsFrom } from './ids.ts'
import { checkAccounts, planOptions, searchFailure, tellWarnings } from './search-options.ts'

/**
 * The messages that a command is for: by ids (those of threads stand for all messages in them), from standard input,
 * or by `--search`, without a maximum. Oldest first and each once, whatever the order of asking, so that the same
 * question has the same answer and `--since-id` knows where to go on.
 */
export function selectMessages(reader: MailReader, invocation: Invocation, session: Session): MessageId[] {
  const { positionals, options } = invocation
  const query = options.value('search')
  checkAccounts(options.values('account'), reader)
  if (query !== undefined && positionals.length > 0) {
    throw new Failure('usage', 'selection_contradiction', 'give ids or --search, not both')
  }
  const ids =
    query === undefined ? named(reader, idsFrom(positionals, session)) : found(reader, query, invocation, session)
  const since = sinceId(options.value('since-id'))
  return [...new Set(ids)].filter(id => id > since).sort((one, other) => one - other)
}

/** It need not be there any more: ids are in the order of dates. */
function sinceId(given: string | undefined): number {
  if (given === undefined) return -1
  const parsed = parseMessageId(given)
  if (parsed !== undefined) return parsed
  throw new Failure('usage', 'id_malformed', '--since-id needs the id of a message')
}

function named(reader: MailReader, ids: readonly string[]): MessageId[] {
  return ids.flatMap(id => {
    if (parseMessageId(id) !== undefined || !id.startsWith('t')) return [findMessage(reader, id).id]
    const thread = reader.thread(id)
    if (thread === undefined) {
      throw new Failure('not_found', 'thread_unknown', `there is no thread ${id.slice(0, 40)}`, {
        next: 'postern search QUERY',
      })
    }
    return thread.map(message => findMessage(reader, message.id).id)
  })
}

function found(reader: MailReader, query: string, { options }: Invocation, session: Session): MessageId[] {
  const plan = planOptions(options, session)
  const ids: MessageId[] = []
  let cursor: string | undefined
  do {
    const page = searchIds(reader, query, {
      ...plan,
      sort: 'oldest',
      limit: pageSizeMax,
      ...(cursor === undefined ? {} : { cursor }),
    })
    if (!page.ok) throw searchFailure(page.error, query)
    if (cursor === undefined) tellWarnings(page.value.warnings, session)
    for (const id of page.value.ids) ids.push(id)
    cursor = page.value.nextCursor
  } while (cursor !== undefined)
  return ids
}
