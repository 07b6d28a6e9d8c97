import * as v from 'valibot'
import { err, ok, type Result } from '#base/result.ts'
import type {
  Appended,
  Appending,
  Arrival,
  Change,
  ChangePage,
  ChangesRequest,
  Mailbox,
  MailboxNews,
  MailProvider,
  Outcome,
  Place,
  WatchRequest,
} from '../provider.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import { type DemoServer, flagBits, type HeldMailbox } from './server.ts'

const pageMessages = 200

const cursorSchema = v.strictObject({
  uidvalidity: v.number(),
  uidnext: v.number(),
  modseq: v.pipe(v.string(), v.regex(/^\d{1,19}$/)),
  whole: v.boolean(),
  renumbering: v.boolean(),
})
type Cursor = v.InferOutput<typeof cursorSchema>

/** The demo's mail as a provider has it: whatever works with a server works with this, without a network. */
export class DemoProvider implements MailProvider {
  readonly kind = 'demo'
  readonly account: string
  readonly #server: DemoServer
  readonly #failures: ProviderError[] = []

  constructor(account: string, server: DemoServer) {
    this.account = account
    this.#server = server
  }

  /** The next thing that is asked fails so: to see what the rest of the program makes of it. */
  failNext(...errors: readonly ProviderError[]): void {
    this.#failures.push(...errors)
  }

  async mailboxes(signal: AbortSignal): Promise<Result<readonly Mailbox[], ProviderError>> {
    const failed = this.#failure(signal)
    if (failed !== undefined) return err(failed)
    const all = [...this.#server.mailboxes.values()].map(({ key, role, messages, uidvalidity, modseq }): Mailbox => {
      return { key, name: key, role, messages: messages.size, objectId: null, state: `${uidvalidity} ${modseq}` }
    })
    return ok(all.sort((one, other) => Number(other.key === 'INBOX') - Number(one.key === 'INBOX')))
  }

  async *changes(request: ChangesRequest): AsyncGenerator<Result<ChangePage, ProviderError>, void, void> {
    const mailbox = this.#server.mailboxes.get(request.mailbox)
    if (mailbox === undefined) return yield err(providerError('not_found', `there is no mailbox ${request.mailbox}`))
    const last = parseCursor(request.cursor)
    for (const page of pagesOf(mailbox, request, last)) {
      const failed = this.#failure(request.signal)
      if (failed !== undefined) return yield err(failed)
      yield ok(page)
    }
  }

  async apply(change: Change, signal: AbortSignal): Promise<Result<readonly Outcome[], ProviderError>> {
    const failed = this.#failure(signal)
    if (failed !== undefined) return err(failed)
    if (change.kind === 'labels') return err(providerError('unsupported', 'the demo has folders and keywords'))
    if ('to' in change && !this.#server.mailboxes.has(change.to)) {
      return err(providerError('not_found', `there is no mailbox ${change.to}`))
    }
    return ok(change.targets.map(place => this.#applyTo(place, change)))
  }

  async append(message: Appending, signal: AbortSignal): Promise<Result<Appended, ProviderError>> {
    const failed = this.#failure(signal)
    if (failed !== undefined) return err(failed)
    if (!this.#server.mailboxes.has(message.mailbox)) {
      return err(providerError('not_found', `there is no mailbox ${message.mailbox}`))
    }
    const { mailbox, raw, flags, keywords = [], receivedAt = 0 } = message
    return ok({ place: this.#server.put(mailbox, { raw, flags: flagBits(flags), keywords, receivedAt }) })
  }

  async *watch({ mailboxes, signal }: WatchRequest): AsyncGenerator<Result<MailboxNews, ProviderError>, void, void> {
    const heard = new Set<string>()
    let wake: () => void = () => {}
    const forget = this.#server.onChange(mailbox => {
      if (!mailboxes.includes(mailbox)) return
      heard.add(mailbox)
      wake()
    })
    const end = () => wake()
    signal.addEventListener('abort', end, { once: true })
    try {
      while (!signal.aborted) {
        const [mailbox] = heard
        if (mailbox === undefined) {
          await new Promise<void>(resolve => {
            wake = resolve
          })
          continue
        }
        heard.delete(mailbox)
        yield ok({ mailbox, reason: 'changed' })
      }
    } finally {
      signal.removeEventListener('abort', end)
      forget()
    }
  }

  async close(): Promise<void> {}

  #failure(signal: AbortSignal): ProviderError | undefined {
    return signal.aborted ? providerError('cancelled', 'it was not wanted any more') : this.#failures.shift()
  }

  #applyTo(place: Place, change: Exclude<Change, { kind: 'labels' }>): Outcome {
    const mailbox = this.#server.mailboxes.get(place.mailbox)
    const message = mailbox?.uidvalidity === place.uidvalidity ? mailbox.messages.get(place.uid) : undefined
    if (message === undefined) return { status: 'gone' }
    switch (change.kind) {
      case 'flags':
        this.#server.mark(place, change)
        return { status: 'done' }
      case 'expunge':
        this.#server.expunge(place)
        return { status: 'done' }
      case 'copy':
        return { status: 'done', place: this.#server.put(change.to, message) }
      case 'move':
        if (change.to === place.mailbox) return { status: 'done', place }
        this.#server.expunge(place)
        return { status: 'done', place: this.#server.put(change.to, message) }
    }
  }
}

function parseCursor(text: string | null): Cursor | undefined {
  if (text === null) return undefined
  try {
    const parsed = v.safeParse(cursorSchema, JSON.parse(text))
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined
  }
}

function* pagesOf(mailbox: HeldMailbox, request: ChangesRequest, last: Cursor | undefined): Generator<ChangePage> {
  const { uidvalidity, uidnext, modseq, messages, expunged } = mailbox
  const base = last?.uidvalidity === uidvalidity ? last : undefined
  const since = BigInt(base?.modseq ?? 0)
  const isRenumbering = last !== undefined && (last.renumbering || base === undefined)
  const during = {
    uidvalidity,
    uidnext: base?.uidnext ?? 0,
    modseq: `${modseq}`,
    whole: false,
    renumbering: isRenumbering,
  }
  const end = JSON.stringify({ ...during, uidnext, whole: true, renumbering: false })
  if (end === request.cursor) return
  const known = new Set(request.known(uidvalidity).map(({ uid }) => uid))
  const page = { mailbox: mailbox.key, uidvalidity, arrivals: [], skipped: [], isRenumbered: false }
  const all = [...messages].map(([uid, { flags, keywords, modseq: at }]) => ({ uid, flags, keywords, modseq: at }))
  const flags = base === undefined ? [] : all.filter(state => known.has(state.uid) && state.modseq > since)
  const gone = expunged.flatMap(({ uid, modseq: at }) => (at > since ? uid : []))
  const missing = all
    .map(({ uid }) => uid)
    .filter(
      uid => !known.has(uid) && (request.since === undefined || (messages.get(uid)?.receivedAt ?? 0) >= request.since),
    )
    .sort((one, other) => other - one)
  const isLast = missing.length === 0
  const cursor = JSON.stringify(during)
  yield {
    ...page,
    flags,
    gone,
    isRenumbered: isLast && isRenumbering,
    cursor: isLast ? end : cursor,
    remaining: missing.length,
  }
  for (let at = 0; at < missing.length; at += pageMessages) {
    const arrivals = missing.slice(at, at + pageMessages).flatMap((uid): Arrival[] => {
      const held = messages.get(uid)
      return held === undefined ? [] : [{ uid, ...held, raw: held.raw.slice() }]
    })
    const remaining = Math.max(0, missing.length - at - pageMessages)
    const isEnd = remaining === 0
    yield {
      ...page,
      arrivals,
      flags: [],
      gone: [],
      isRenumbered: isEnd && isRenumbering,
      cursor: isEnd ? end : cursor,
      remaining,
    }
  }
}
