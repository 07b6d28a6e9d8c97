import { err, ok, type Result } from '#base/result.ts'
import { searchIds } from '#mail/search/index.ts'
import { formatMessageId, type MessageId, parseMessageId, parseThreadId } from '#mail/store/index.ts'
import type { Core } from '../part.ts'
import { moment } from '../parts/reading.ts'
import { fromSearch, type RequestError, requestError } from '../protocol/errors.ts'
import { decisionMessagesMax } from '../requests/changing.ts'
import type { Params } from '../requests/index.ts'

type Selection = Params<'mail.change'>['selection']

const pageIds = 1_000

/** The messages that are meant, all of them, as of now. An id that is malformed refuses the whole request. */
export function messagesOf(core: Core, selection: Selection): Result<readonly MessageId[], RequestError> {
  return selection.by === 'ids' ? ok(selection.ids.flatMap(id => parseMessageId(id) ?? [])) : matches(core, selection)
}

function matches(
  core: Core,
  { query, accounts, zone, max }: Extract<Selection, { by: 'query' }>,
): Result<readonly MessageId[], RequestError> {
  const most = max ?? decisionMessagesMax
  const options = { ...moment(core, { accounts, zone }), limit: pageIds }
  return core.reader.snapshot(() => {
    const ids: MessageId[] = []
    for (let cursor: string | undefined; ; ) {
      const page = searchIds(core.reader, query, cursor === undefined ? options : { ...options, cursor })
      if (!page.ok) return err(fromSearch(page.error))
      ids.push(...page.value.ids)
      if (ids.length > most) {
        const message = `more than ${most} messages match; nothing was changed`
        return err(requestError('limit_reached', message, { details: { max: most } }))
      }
      cursor = page.value.nextCursor
      if (cursor === undefined) return ok(ids)
    }
  })
}

/** All messages of the threads that these belong to: muting is about a conversation. */
export function wholeThreads({ reader }: Core, ids: readonly MessageId[]): readonly MessageId[] {
  const wanted = new Set<MessageId>()
  for (const id of ids) {
    if (wanted.has(id)) continue
    wanted.add(id)
    for (const message of reader.thread(formatMessageId(id)) ?? []) {
      const member = parseThreadId(message.id)
      if (member !== undefined) wanted.add(member)
    }
  }
  return [...wanted]
}
