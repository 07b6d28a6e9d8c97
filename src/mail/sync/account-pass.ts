import { err, ok, type Result } from '#base/result.ts'
import type { Mailbox } from '../providers/provider.ts'
import type { MessageId } from '../store/index.ts'
import { type Choice, chooseMailboxes } from './choose.ts'
import { folderLabel } from './labels.ts'
import { type MailboxSyncing, type SyncStore, syncMailbox } from './mailbox-sync.ts'
import { ProgressMeter } from './progress.ts'
import { atProvider, atStore, concernsMailboxOnly, type SyncError } from './sync-error.ts'

export interface PassOptions extends Omit<MailboxSyncing, 'mailbox' | 'isOutdated' | 'onRemaining'> {
  readonly choice: Choice
  /** Only these: the others had no news. All when left out. */
  readonly only?: ReadonlySet<string>
  /** The states of mailboxes that were looked through, by key: those that are in the same state are passed over. */
  readonly states?: Map<string, string>
  /** Gets the mailboxes that are known whole; one that is being fetched is not among them meanwhile. */
  readonly finished?: Set<string>
  /** Something was heard of the mailbox since it was last asked about. */
  readonly hasNews: (mailbox: string) => boolean
  readonly onMailboxes?: (mailboxes: readonly Mailbox[]) => void
  readonly onProgress?: (meter: ProgressMeter) => void
  readonly monotonicMs: () => number
}

export interface PassReport {
  readonly mailboxes: number
  readonly arrived: number
  readonly changed: number
  readonly removed: number
  /** Mailboxes that could not be read, while the others could. */
  readonly failures: readonly { readonly mailbox: string; readonly error: SyncError }[]
}

/** The writer is one; more than two mailboxes at once would only wait for it. */
const mailboxesAtOnce = 2
/** If so many messages are to come, the index is merged once they are here. */
const muchMessages = 10_000

/**
 * Looks through the mailboxes of an account. Mail that lost its last place is kept until every mailbox was looked
 * through once more: a message that somebody moved is seen where it went, and one that is nowhere was deleted.
 */
export async function passOver(options: PassOptions): Promise<Result<PassReport, SyncError>> {
  const { provider, store, signal, only } = options
  const listed = await provider.mailboxes(signal)
  if (!listed.ok) return err(atProvider(listed.error))
  const chosen = chooseMailboxes(listed.value, options.choice)
  options.onMailboxes?.(chosen)
  const set = await store.writer.setMailboxes(
    provider.account,
    chosen.map(mailbox => ({ ...folderLabel(mailbox), objectId: mailbox.objectId })),
  )
  if (!set.ok) return err(atStore(set.error))
  const pass = new Pass(options)
  const before = {
    homeless: store.reader.homeless(provider.account),
    expected: store.reader.expected(provider.account),
  }
  const wanted = only === undefined ? chosen : chosen.filter(({ key }) => only.has(key))
  const first = await pass.over(wanted)
  if (!first.ok) return first
  const dropped = await pass.drop(listed.value)
  if (!dropped.ok) return dropped
  const isAll = wanted.length === chosen.length
  const settled = await pass.settle(isAll ? before : { homeless: [], expected: [] }, chosen)
  return settled.ok ? ok(pass.report(wanted.length)) : settled
}

interface Missing {
  readonly homeless: readonly MessageId[]
  readonly expected: ReturnType<SyncStore['reader']['expected']>
}

class Pass {
  readonly #options: PassOptions
  readonly #meter = new ProgressMeter()
  readonly #failures: { mailbox: string; error: SyncError }[] = []
  #arrived = 0
  #changed = 0
  #removed = 0

  constructor(options: PassOptions) {
    this.#options = options
  }

  report(mailboxes: number): PassReport {
    const counts = { arrived: this.#arrived, changed: this.#changed, removed: this.#removed }
    return { mailboxes, ...counts, failures: this.#failures }
  }

  /** Several mailboxes at once, in their order; the first error that concerns all of them ends it. */
  async over(mailboxes: readonly Mailbox[]): Promise<Result<undefined, SyncError>> {
    this.#expect(mailboxes)
    const { done, total } = this.#meter.read(this.#options.monotonicMs())
    const isMuch = total - done >= muchMessages
    if (isMuch) await this.#options.store.writer.expectMuch(true)
    try {
      return await this.#overAll(mailboxes)
    } finally {
      if (isMuch) await this.#options.store.writer.expectMuch(false)
    }
  }

  async #overAll(mailboxes: readonly Mailbox[]): Promise<Result<undefined, SyncError>> {
    const queue = [...mailboxes]
    let failed: SyncError | undefined
    const work = async () => {
      for (let mailbox = queue.shift(); mailbox !== undefined && failed === undefined; mailbox = queue.shift()) {
        failed = (await this.#one(mailbox)) ?? failed
      }
    }
    await Promise.all(Array.from({ length: mailboxesAtOnce }, work))
    return failed === undefined ? ok(undefined) : err(failed)
  }

  async #one(mailbox: Mailbox): Promise<SyncError | undefined> {
    const { hasNews, monotonicMs, onProgress, states, finished } = this.#options
    if (mailbox.state !== null && states?.get(mailbox.key) === mailbox.state) return undefined
    finished?.delete(mailbox.key)
    const done = await syncMailbox({
      ...this.#options,
      mailbox,
      isOutdated: () => hasNews(mailbox.key),
      onRemaining: (remaining, stored) => {
        this.#meter.note(mailbox.key, { remaining, stored }, monotonicMs())
        onProgress?.(this.#meter)
      },
    })
    this.#meter.drop(mailbox.key)
    if (!done.ok) {
      if (!concernsMailboxOnly(done.error)) return done.error
      this.#failures.push({ mailbox: mailbox.key, error: done.error })
      return undefined
    }
    if (mailbox.state !== null) states?.set(mailbox.key, mailbox.state)
    finished?.add(mailbox.key)
    this.#arrived += done.value.arrived
    this.#changed += done.value.changed
    return undefined
  }

  #expect(mailboxes: readonly Mailbox[]): void {
    const { reader } = this.#options.store
    const known = new Map(reader.mailboxSyncs(this.#options.provider.account).map(each => [each.key, each]))
    for (const { key, messages } of mailboxes) {
      const sync = known.get(key)
      if (sync === undefined || sync.cursor === null) this.#meter.expect(key, messages ?? 0)
      else this.#meter.expect(key, sync.remaining)
    }
  }

  /** Mailboxes that the provider does not have any more; their mail was looked for in all others before. */
  async drop(listed: readonly Mailbox[]): Promise<Result<undefined, SyncError>> {
    const { provider, store } = this.#options
    const there = new Set(listed.map(({ key }) => key))
    for (const { key } of store.reader.mailboxSyncs(provider.account)) {
      if (there.has(key)) continue
      const dropped = await store.writer.dropMailbox(provider.account, key)
      if (!dropped.ok) return err(atStore(dropped.error))
    }
    return ok(undefined)
  }

  /** @param before what was missing when this pass began, if it was over all mailboxes */
  async settle(before: Missing, all: readonly Mailbox[]): Promise<Result<undefined, SyncError>> {
    const { provider, store } = this.#options
    if (before.expected.length > 0 && this.#failures.length === 0) {
      const settled = await store.writer.settleExpected(before.expected)
      if (!settled.ok) return err(atStore(settled.error))
    }
    const removed = await this.#remove(before.homeless)
    if (!removed.ok) return removed
    const homeless = store.reader.homeless(provider.account)
    // A mailbox that could not be read may be where they are.
    if (homeless.length === 0 || this.#failures.length > 0) return ok(undefined)
    // What arrived since the listing is not in its states.
    const again = await this.over(all.map(mailbox => ({ ...mailbox, state: null })))
    if (!again.ok || this.#failures.length > 0) return again
    return this.#remove(homeless)
  }

  async #remove(ids: readonly MessageId[]): Promise<Result<undefined, SyncError>> {
    const { provider, store, onHappened } = this.#options
    if (ids.length === 0 || this.#failures.length > 0) return ok(undefined)
    const removed = await store.writer.removeHomeless(provider.account, ids)
    if (!removed.ok) return err(atStore(removed.error))
    this.#removed += removed.value.removed.length
    if (removed.value.removed.length > 0) onHappened({ kind: 'removed', ids: removed.value.removed })
    return ok(undefined)
  }
}
