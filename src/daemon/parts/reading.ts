import { instant } from '#base/instant.ts'
import { err, ok, type Result } from '#base/result.ts'
import { readLetter } from '#mail/letter/index.ts'
import { messageJson } from '#mail/letter/json.ts'
import { type Attachment, attachmentBytes, attachmentFileName, parseMessage } from '#mail/mime/index.ts'
import { count, group, type PlanOptions, search } from '#mail/search/index.ts'
import { type ListedMessage, type MessageId, parseMessageId, type StoreError } from '#mail/store/index.ts'
import { isHidden, visibleThread } from '../gate/absent.ts'
import type { Caller, Core, Part } from '../part.ts'
import { fromSearch, fromStore, type RequestError, requestError } from '../protocol/errors.ts'
import type { ResultOf } from '../requests/index.ts'
import type { readingRequests } from '../requests/reading.ts'

type Names = keyof typeof readingRequests

/** Reads mail for clients. All of it is done in milliseconds, in the thread that has the socket. */
export function readingPart(core: Core): Part<Names> {
  const { reader } = core
  const raws = new LastRaw(core)
  return {
    name: 'reading',
    handlers: {
      'mail.search': ({ query, sort, limit, cursor, ...scope }, { caller }) => {
        const found = search(reader, query, {
          ...moment(core, scope),
          ...hiddenFrom(caller),
          limit,
          ...(sort === undefined ? {} : { sort }),
          ...(cursor === undefined ? {} : { cursor }),
        })
        if (!found.ok) return err(fromSearch(found.error))
        const { messages, nextCursor, warnings } = found.value
        return ok({ items: messages.map(toWire), next_cursor: nextCursor ?? null, warnings: [...warnings] })
      },
      'mail.count': ({ query, ...scope }, { caller }) => {
        const found = count(reader, query, { ...moment(core, scope), ...hiddenFrom(caller) })
        if (!found.ok) return err(fromSearch(found.error))
        const { total, isLowerBound, warnings } = found.value
        return ok({ total, is_lower_bound: isLowerBound, warnings: [...warnings] })
      },
      'mail.group': ({ query, by, limit, ...scope }, { caller }) => {
        const found = group(reader, query, { ...moment(core, scope), ...hiddenFrom(caller), by })
        if (!found.ok) return err(fromSearch(found.error))
        const groups = found.value.groups.slice(0, limit).map(({ oldest, newest, ...rest }) => {
          return { ...rest, oldest: instant(oldest), newest: instant(newest) }
        })
        return ok({ groups, warnings: [...found.value.warnings] })
      },
      'mail.list': ({ ids }, { caller }) => {
        const listed = reader.list(ids.flatMap(id => parseMessageId(id) ?? []))
        const { labelsHidden = [] } = hiddenFrom(caller)
        const items = listed.filter(message => !isHidden(message, labelsHidden)).map(toWire)
        const here = new Set(items.map(({ id }) => id))
        return ok({ items, missing: ids.filter(id => !here.has(id.toLowerCase())) })
      },
      'mail.threads': ({ accounts, label, limit, cursor }) => {
        const found = reader.threads({
          limit,
          ...(cursor === undefined ? {} : { cursor }),
          ...(label === undefined ? {} : { label }),
          ...(accounts === undefined ? {} : { accounts }),
        })
        if (!found.ok) return err(fromStore(found.error))
        const items = found.value.threads.map(({ lastDate, participants, ...rest }) => {
          return { ...rest, participants: [...participants], last_date: instant(lastDate) }
        })
        return ok({ items, next_cursor: found.value.nextCursor ?? null })
      },
      'mail.thread': ({ id }, { caller }) => {
        const messages = visibleThread(id, reader.thread(id) ?? [], hiddenFrom(caller).labelsHidden ?? [])
        const [first] = messages
        if (first === undefined) return err(requestError('not_found', `no thread ${id}`))
        const items = messages.map(message => ({ ...toWire(message), depth: message.depth }))
        return ok({ thread_id: first.threadId, items })
      },
      'mail.read': ({ id, view, chars_max: charsMax }) => {
        const listed = reader.message(id)
        const raw = raws.of(id)
        if (!raw.ok) return raw
        if (listed === undefined) return err(unknown(id))
        const { message, body, linesFolded, hiddenCharacters } = readLetter(raw.value, view)
        return ok({
          message: toWire(listed),
          body: body.slice(0, charsMax),
          is_truncated: body.length > charsMax,
          headers: view === 'headers' ? message.headers.map(({ name, value }) => ({ name, value })) : [],
          lines_folded: linesFolded,
          hidden_characters: hiddenCharacters,
          attachments: message.attachments.map(attachmentJson),
        })
      },
      'mail.raw': ({ id, offset, limit }) => {
        const raw = raws.of(id)
        return raw.ok ? ok(page(raw.value, offset, limit)) : raw
      },
      'mail.attachments': ({ id }) => {
        const raw = raws.of(id)
        return raw.ok ? ok({ items: attachmentsOf(raw.value).map(attachmentJson) }) : raw
      },
      'mail.attachment': ({ id, part, offset, limit }) => {
        const raw = raws.of(id)
        if (!raw.ok) return raw
        const attachment = attachmentsOf(raw.value).find(each => each.part === part)
        if (attachment === undefined) return err(requestError('not_found', `message ${id} has no attachment ${part}`))
        return ok(page(attachmentBytes(raw.value, attachment), offset, limit))
      },
      'mail.labels': ({ accounts }) => {
        const items = reader.labels().filter(({ account }) => accounts === undefined || accounts.includes(account))
        return ok({ items: items.map(({ id: _, ...label }) => label) })
      },
      'saved.list': scope => ok({ items: savedSearches(core, scope) }),
    },
  }
}

interface Asked {
  readonly accounts?: readonly string[] | undefined
  readonly zone?: string | undefined
}

export function moment({ clock }: Core, { accounts, zone }: Asked): PlanOptions {
  const timeZone = zone ?? Temporal.Now.timeZoneId()
  return { now: clock.now(), timeZone, ...(accounts === undefined ? {} : { accounts }) }
}

function hiddenFrom({ identity }: Caller): { readonly labelsHidden?: readonly string[] } {
  const labelsHidden = identity.profile?.labelsHidden ?? []
  return labelsHidden.length === 0 ? {} : { labelsHidden }
}

function savedSearches(core: Core, { accounts, zone }: Asked): ResultOf<'saved.list'>['items'] {
  const allowed = core.reader.savedSearches().filter(({ account }) => {
    return accounts === undefined || account === null || accounts.includes(account)
  })
  return allowed.map(({ name, query, sort, account }) => {
    const scope = account === null ? accounts : [account]
    const unread = count(core.reader, `(${query}) is:unread`, moment(core, { accounts: scope, zone }))
    return { name, query, sort, account, unread: unread.ok ? unread.value.total : null }
  })
}

/** The message read last, for those who fetch it page by page. */
class LastRaw {
  readonly #core: Core
  #last: { readonly id: MessageId; readonly raw: Uint8Array } | undefined

  constructor(core: Core) {
    this.#core = core
  }

  of(text: string): Result<Uint8Array, RequestError> {
    const id = parseMessageId(text)
    if (id === undefined) return err(unknown(text))
    if (this.#last?.id === id) return ok(this.#last.raw)
    const read: Result<Uint8Array, StoreError> = this.#core.reader.raw(id)
    if (!read.ok) return err(fromStore(read.error))
    this.#last = { id, raw: read.value }
    return read
  }
}

type WireMessage = ResultOf<'mail.search'>['items'][number]

/** A message as it travels. */
export function toWire(message: ListedMessage): WireMessage {
  const { to, cc, bcc, labels, ...rest } = messageJson(message)
  return { ...rest, to: [...to], cc: [...cc], bcc: [...bcc], labels: [...labels] }
}

function attachmentsOf(raw: Uint8Array): readonly Attachment[] {
  return parseMessage(raw, { textFromHtml: false }).attachments
}

function attachmentJson(attachment: Attachment) {
  const { part, contentType, size, inline } = attachment
  return { part, filename: attachmentFileName(attachment), content_type: contentType, size, inline }
}

function page(bytes: Uint8Array, offset: number, limit: number) {
  const base64 = Buffer.from(bytes.subarray(offset, offset + limit)).toString('base64')
  return { size: bytes.length, offset, base64 }
}

function unknown(id: string): RequestError {
  return requestError('message_unknown', `there is no message ${id}`)
}
