import type { Clock } from '#base/clock.ts'
import { ok, type Result } from '#base/result.ts'
import type {
  Appended,
  Appending,
  Change,
  ChangePage,
  ChangesRequest,
  Mailbox,
  MailboxNews,
  MailProvider,
  Outcome,
  WatchRequest,
} from '../provider.ts'
import type { ProviderError } from '../provider-error.ts'
import { append } from './append.ts'
import { applyChange } from './apply.ts'
import { readChanges } from './changes.ts'
import { connectImap, type ImapServer, type Login } from './connect.ts'
import { Connections } from './connections.ts'
import { listMailboxes } from './list.ts'
import { watchMailboxes } from './watch.ts'

/**
 * A person's mail on an IMAP server: RFC 3501 and 9051, with what 7162 (CONDSTORE, QRESYNC), 6851 (MOVE), 4315
 * (UIDPLUS), 2177 (IDLE), 6154 (SPECIAL-USE), 5819 (LIST-STATUS), 8474 (OBJECTID) and Gmail add where they are offered,
 * and right without all of them.
 *
 * imapflow finds the way in; then the socket is ours, because whole mailboxes are fetched faster than any general
 * parser can, and because everything that a server sends is bounded here: lines, literals, nesting, counts, silence.
 * What may never happen here: mail or a password without TLS on the way to another machine, a certificate error that
 * is passed over, a plain EXPUNGE, a UID used under another UIDVALIDITY.
 */
export interface ImapOptions {
  readonly account: string
  /** Asked for with each connection: a file of certificates may have been changed. */
  readonly server: () => Result<ImapServer, ProviderError>
  /** Asked for at each login, so that a changed password is found; undefined for servers without login. */
  readonly login: () => Promise<Result<Login | undefined, ProviderError>>
  readonly clock: Clock
}

export class ImapProvider implements MailProvider {
  readonly kind = 'imap'
  readonly account: string
  readonly #connections: Connections
  readonly #clock: Clock

  constructor({ account, server, login, clock }: ImapOptions) {
    this.account = account
    this.#clock = clock
    this.#connections = new Connections(
      async signal => {
        const where = server()
        if (!where.ok) return where
        const found = await login()
        return found.ok ? connectImap(where.value, found.value, signal) : found
      },
      () => clock.monotonicMs(),
    )
  }

  mailboxes(signal: AbortSignal): Promise<Result<readonly Mailbox[], ProviderError>> {
    return this.#connections.useAgain(signal, async wire => {
      const listed = await listMailboxes(wire)
      if (!listed.ok) return listed
      return ok(wire.has('X-GM-EXT-1') ? gmailMailboxes(listed.value.mailboxes) : listed.value.mailboxes)
    })
  }

  async *changes(request: ChangesRequest): AsyncGenerator<Result<ChangePage, ProviderError>, void, void> {
    const taken = await this.#connections.take(request.signal, request.mailbox)
    if (!taken.ok) return yield taken
    const wire = taken.value
    const abort = () => wire.close()
    request.signal.addEventListener('abort', abort, { once: true })
    try {
      if (request.signal.aborted) abort()
      yield* readChanges(wire, request, this.#clock.now())
    } finally {
      request.signal.removeEventListener('abort', abort)
      this.#connections.give(wire)
    }
  }

  apply(change: Change, signal: AbortSignal): Promise<Result<readonly Outcome[], ProviderError>> {
    return this.#connections.useAgain(signal, wire => applyChange(wire, change), change.targets[0]?.mailbox)
  }

  append(message: Appending, signal: AbortSignal): Promise<Result<Appended, ProviderError>> {
    return this.#connections.use(signal, wire => append(wire, message))
  }

  watch(request: WatchRequest): AsyncGenerator<Result<MailboxNews, ProviderError>, void, void> {
    return watchMailboxes(this.#connections, request)
  }

  close(): Promise<void> {
    return this.#connections.close()
  }
}

/** There every folder but these three is a label of what lies in All Mail, and would only be fetched twice. */
function gmailMailboxes(mailboxes: readonly Mailbox[]): readonly Mailbox[] {
  const own = mailboxes.filter(({ role }) => role === 'all_mail' || role === 'trash' || role === 'spam')
  return own.some(({ role }) => role === 'all_mail') ? own : mailboxes
}

export type { ImapServer, Login } from './connect.ts'
