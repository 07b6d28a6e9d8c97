import { setTimeout as wait } from 'node:timers/promises'
import { err, ok, type Result } from '#base/result.ts'
import type { MailboxNews, WatchRequest } from '../provider.ts'
import type { ProviderError } from '../provider-error.ts'
import type { Connections } from './connections.ts'
import { TIMES } from './limits.ts'
import { listMailboxes, parseStatus, type Status, statusItems } from './list.ts'
import { select } from './select.ts'
import { mailboxArgument, type Wire } from './wire.ts'

/** A connection each: for the mailboxes that come first. */
const idlesMax = 2
/** News that nobody takes are one piece of news per mailbox, so the queue is as long as the list. */

/** IDLE where the server has it, asking every so often for everything else. */
export async function* watchMailboxes(
  connections: Connections,
  request: WatchRequest,
): AsyncGenerator<Result<MailboxNews, ProviderError>, void, void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([request.signal, stop.signal])
  const news = new News()
  const idlers = request.mailboxes.slice(0, idlesMax)
  const tasks = [
    ...idlers.map(mailbox => keepIdling(connections, { mailbox, pollMs: request.pollMs, signal, news })),
    keepAsking(connections, { request, idlers, signal, news }),
  ]
  for (const task of tasks) task.catch((error: unknown) => news.break(error))
  const end = () => news.end()
  request.signal.addEventListener('abort', end, { once: true })
  try {
    for (;;) {
      const next = await news.next()
      if (next === undefined || request.signal.aborted) return
      yield next
      if (!next.ok) return
    }
  } finally {
    request.signal.removeEventListener('abort', end)
    stop.abort()
    await Promise.allSettled(tasks)
  }
}

/** What was heard and not yet told: one entry for each mailbox, in the order of hearing. */
class News {
  readonly #heard = new Map<string, MailboxNews>()
  #failed: ProviderError | undefined
  #broken: { readonly reason: unknown } | undefined
  #isEnded = false
  #wake: (() => void) | undefined

  tell(item: MailboxNews): void {
    const before = this.#heard.get(item.mailbox)
    if (before?.reason !== 'reconnected') this.#heard.set(item.mailbox, item)
    this.#wake?.()
  }

  fail(error: ProviderError): void {
    this.#failed ??= error
    this.#wake?.()
  }

  break(reason: unknown): void {
    this.#broken ??= { reason }
    this.#wake?.()
  }

  end(): void {
    this.#isEnded = true
    this.#wake?.()
  }

  async next(): Promise<Result<MailboxNews, ProviderError> | undefined> {
    for (;;) {
      if (this.#broken !== undefined) throw this.#broken.reason
      if (this.#isEnded) return undefined
      const [first] = this.#heard
      if (first !== undefined) {
        this.#heard.delete(first[0])
        return ok(first[1])
      }
      if (this.#failed !== undefined) return err(this.#failed)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }
}

interface Idling {
  readonly mailbox: string
  readonly pollMs: number
  readonly signal: AbortSignal
  readonly news: News
}

async function keepIdling(connections: Connections, idling: Idling): Promise<void> {
  const { signal, news, mailbox } = idling
  for (let failures = 0; !signal.aborted; ) {
    const dialled = await connections.dial(signal)
    let error: ProviderError | undefined
    if (dialled.ok) {
      const wire = dialled.value
      const opened = await select(wire, mailbox)
      if (opened.ok) {
        // Between the last look and now anything may have happened.
        news.tell({ mailbox, reason: failures === 0 ? 'changed' : 'reconnected' })
        failures = 0
        error = wire.has('IDLE') ? await idle(wire, idling) : await poll(wire, idling)
      } else error = opened.error
      connections.drop(wire)
    } else error = dialled.error
    if (signal.aborted) return
    if (error?.code === 'not_found') return // the mailbox is gone: the next listing says so
    if (error !== undefined && !error.retryable && error.code !== 'protocol') return news.fail(error)
    await pause(backoff(failures++, error?.retryAfterMs), signal)
  }
}

/** IDLE after IDLE, until the connection breaks. */
async function idle(wire: Wire, { mailbox, signal, news }: Idling): Promise<ProviderError | undefined> {
  while (wire.isOpen && !signal.aborted) {
    let timer: NodeJS.Timeout | undefined
    const finish = () => wire.send('DONE')
    const close = () => wire.close()
    signal.addEventListener('abort', close, { once: true })
    const done = await wire.run('IDLE', {
      mayBeSilent: true,
      continued: () => {
        timer = setTimeout(finish, TIMES.idleMs)
        timer.unref()
      },
      untagged: ({ line }) => {
        if (/^\* (\d+ (EXISTS|EXPUNGE|FETCH)|VANISHED)/i.test(line)) news.tell({ mailbox, reason: 'changed' })
      },
    })
    clearTimeout(timer)
    signal.removeEventListener('abort', close)
    if (!done.ok) return done.error
  }
  return undefined
}

async function poll(wire: Wire, { mailbox, pollMs, signal, news }: Idling): Promise<ProviderError | undefined> {
  for (;;) {
    await pause(pollMs, signal)
    if (signal.aborted) return undefined
    const done = await wire.run('NOOP')
    if (!done.ok) return done.error
    news.tell({ mailbox, reason: 'polled' })
  }
}

interface Asking {
  readonly request: WatchRequest
  readonly idlers: readonly string[]
  readonly signal: AbortSignal
  readonly news: News
}

/** The mailboxes on which nobody idles: told of when their counters move. */
async function keepAsking(connections: Connections, { request, idlers, signal, news }: Asking): Promise<void> {
  const others = request.mailboxes.filter(mailbox => !idlers.includes(mailbox))
  if (others.length === 0) return
  const seen = new Map<string, string>()
  for (let failures = 0; !signal.aborted; ) {
    const asked = await connections.use(signal, wire => askAll(wire, others))
    if (asked.ok) {
      failures = 0
      for (const mailbox of others) {
        const now = JSON.stringify(asked.value.statuses.get(mailbox) ?? null)
        const before = seen.get(mailbox)
        // Without mod-sequences the counters do not move when a flag does.
        if ((before !== undefined && before !== now) || !asked.value.seesFlags) news.tell({ mailbox, reason: 'polled' })
        seen.set(mailbox, now)
      }
    } else {
      if (signal.aborted) return
      if (!asked.error.retryable && asked.error.code !== 'protocol') return news.fail(asked.error)
      failures++
    }
    await pause(asked.ok ? request.pollMs : backoff(failures, asked.error.retryAfterMs), signal)
  }
}

interface Asked {
  readonly statuses: ReadonlyMap<string, Status>
  readonly seesFlags: boolean
}

async function askAll(wire: Wire, mailboxes: readonly string[]): Promise<Result<Asked, ProviderError>> {
  const seesFlags = wire.has('CONDSTORE') || wire.has('QRESYNC')
  if (wire.has('LIST-STATUS') && wire.has('LIST-EXTENDED')) {
    const listed = await listMailboxes(wire)
    return listed.ok ? ok({ statuses: listed.value.statuses, seesFlags }) : listed
  }
  const statuses = new Map<string, Status>()
  for (const mailbox of mailboxes) {
    const done = await wire.run(`STATUS ${mailboxArgument(mailbox)} (${statusItems(wire)})`, {
      untagged: response => {
        const status = parseStatus(response)
        if (status !== undefined) statuses.set(status.key, status.status)
      },
    })
    if (!done.ok && !wire.isOpen) return done
  }
  return ok({ statuses, seesFlags })
}

function backoff(failures: number, retryAfterMs: number | undefined): number {
  return retryAfterMs ?? Math.min(TIMES.reconnectMsMax, TIMES.reconnectMs * 2 ** Math.min(failures, 10))
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal, ref: false })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
