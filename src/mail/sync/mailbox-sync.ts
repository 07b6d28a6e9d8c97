import { err, ok, type Result } from '#base/result.ts'
import type { Arrival, ChangePage, Mailbox, MailProvider, Skipped } from '../providers/provider.ts'
import type { IncomingLabel, MailReader, MailWriter, MessageId, SealedBatch } from '../store/index.ts'
import { folderLabel, tagsOf } from './labels.ts'
import type { Prepare, Unread } from './prepare.ts'
import { atProvider, atStore, type SyncError } from './sync-error.ts'

/** What the engine does with the store. The writer may answer later: in a daemon it lives in a thread of its own. */
export interface SyncStore {
  readonly reader: MailReader
  readonly writer: SyncWriter
}

export type SyncWriter = {
  readonly [Name in WritingName]: (
    ...args: Parameters<MailWriter[Name]>
  ) => Promise<ReturnType<MailWriter[Name]>> | ReturnType<MailWriter[Name]>
}

type WritingName =
  | 'ingest'
  | 'takeServerState'
  | 'setMailboxes'
  | 'dropMailbox'
  | 'settleExpected'
  | 'removeHomeless'
  | 'tend'

/** What happened to mail here, for whoever shows it. */
export interface Happened {
  readonly kind: 'arrived' | 'changed' | 'removed'
  readonly ids: readonly MessageId[]
}

export interface MailboxSyncing {
  readonly provider: MailProvider
  readonly store: SyncStore
  readonly prepare: Prepare
  readonly mailbox: Mailbox
  readonly since?: number
  readonly signal: AbortSignal
  /** Asked after each page: true goes back to the newest mail first, from where it stood. */
  readonly isOutdated: () => boolean
  readonly onHappened: (happened: Happened) => void
  readonly onRemaining: (remaining: number, stored: number) => void
}

export interface MailboxReport {
  readonly arrived: number
  readonly changed: number
  readonly isWhole: boolean
}

/** Pages that are being read, prepared or stored at a time: with 4 MB each, what bounds the memory. */
const pagesUnderWay = 3

/**
 * Brings one mailbox up to date, page by page. While one page is stored the next is prepared and the one after it
 * comes over the network; they are stored in their order, each with its cursor, so that it can break off anywhere.
 */
export async function syncMailbox(syncing: MailboxSyncing): Promise<Result<MailboxReport, SyncError>> {
  const total = { arrived: 0, changed: 0 }
  for (let hasExpired = false; ; ) {
    const { key } = syncing.mailbox
    const known = syncing.store.reader.mailboxSyncs(syncing.provider.account).find(each => each.key === key)
    const round = new Round(syncing, hasExpired ? null : (known?.cursor ?? null))
    const ended = await round.run()
    total.arrived += round.arrived
    total.changed += round.changed
    if (ended.ok && ended.value === 'outdated') continue
    if (ended.ok) return ok({ ...total, isWhole: true })
    const { error } = ended
    if (error.from !== 'provider' || error.error.code !== 'cursor_expired' || hasExpired) return err(error)
    hasExpired = true
  }
}

class Round {
  arrived = 0
  changed = 0
  readonly #syncing: MailboxSyncing
  readonly #cursor: string | null
  readonly #underWay: Promise<void>[] = []
  #storing: Promise<void> = Promise.resolve()
  readonly #folders: ReadonlySet<string>
  #failed: SyncError | undefined

  constructor(syncing: MailboxSyncing, cursor: string | null) {
    this.#syncing = syncing
    const { reader } = syncing.store
    this.#folders = new Set(reader.mailboxSyncs(syncing.provider.account).map(({ key }) => key))
    this.#cursor = cursor
  }

  async run(): Promise<Result<'whole' | 'outdated', SyncError>> {
    const { provider, store, mailbox, since, signal, isOutdated } = this.#syncing
    let isBrokenOff = false
    const pages = provider.changes({
      mailbox: mailbox.key,
      cursor: this.#cursor,
      known: uidvalidity => store.reader.knownPlaces(provider.account, mailbox.key, uidvalidity),
      ...(since === undefined ? {} : { since }),
      signal,
    })
    try {
      for await (const page of pages) {
        if (!page.ok) {
          this.#failed ??= atProvider(page.error)
          break
        }
        await this.#take(page.value)
        if (this.#failed !== undefined) break
        isBrokenOff = page.value.remaining > 0 && isOutdated()
        if (isBrokenOff) break
      }
    } finally {
      await this.#storing
    }
    if (this.#failed !== undefined) return err(this.#failed)
    return ok(isBrokenOff ? 'outdated' : 'whole')
  }

  async #take(page: ChangePage): Promise<void> {
    const prepared = page.arrivals.length === 0 ? undefined : this.#prepare(page)
    // Looked at when its turn comes; until then a rejection is nobody's.
    prepared?.catch(() => {})
    const stored = this.#storing.then(() => (this.#failed === undefined ? this.#store(page, prepared) : undefined))
    this.#storing = stored
    this.#underWay.push(stored)
    if (this.#underWay.length >= pagesUnderWay) await this.#underWay.shift()
  }

  async #prepare({ mailbox, uidvalidity, arrivals }: ChangePage): Promise<Prepared> {
    const { provider, prepare } = this.#syncing
    const where = {
      account: provider.account,
      folder: folderLabel(this.#syncing.mailbox),
      folders: this.#folders,
      mailbox,
      uidvalidity,
    }
    try {
      return { batches: [await prepare(arrivals.map(each => unreadOf(each, where)))], skipped: [] }
    } catch {
      return prepareEach(arrivals, where, prepare)
    }
  }

  async #store(page: ChangePage, prepared: Promise<Prepared> | undefined): Promise<void> {
    const { provider, store, onRemaining } = this.#syncing
    const batches = await prepared
    for (const batch of batches?.batches ?? []) if (!(await this.#ingest(batch))) return
    const { mailbox, uidvalidity, flags, gone, isRenumbered, skipped, cursor, remaining } = page
    const hasLabels = flags.some(({ labels }) => labels !== undefined)
    const taken = await store.writer.takeServerState({
      account: provider.account,
      mailbox,
      uidvalidity,
      states: flags.map(state => ({
        uid: state.uid,
        flags: state.flags,
        labels: tagsOf(state, this.#folders),
        ...(state.modseq === undefined ? {} : { modseq: state.modseq }),
      })),
      gone,
      isRenumbered,
      skipped: [...skipped, ...(batches?.skipped ?? [])],
      kinds: hasLabels ? ['keyword', 'label'] : ['keyword'],
      cursor,
      remaining,
    })
    if (!taken.ok) return this.#fail(atStore(taken.error))
    this.changed += taken.value.changed.length
    this.#tell('changed', taken.value.changed)
    onRemaining(remaining, page.arrivals.length)
  }

  async #ingest(batch: SealedBatch): Promise<boolean> {
    const taken = await this.#syncing.store.writer.ingest(batch)
    if (!taken.ok) {
      this.#fail(atStore(taken.error))
      return false
    }
    const ids = (outcome: string) => taken.value.flatMap(each => (each.outcome === outcome ? each.id : []))
    this.#tell('arrived', ids('stored'))
    this.#tell('changed', ids('changed'))
    this.arrived += ids('stored').length
    return true
  }

  #tell(kind: Happened['kind'], ids: readonly MessageId[]): void {
    if (ids.length > 0) this.#syncing.onHappened({ kind, ids })
  }

  #fail(error: SyncError): void {
    this.#failed ??= error
  }
}

interface Prepared {
  readonly batches: readonly SealedBatch[]
  readonly skipped: readonly Skipped[]
}

/** One of them kills whoever reads it: it is found and passed over, so that it does not stand in the way of all others. */
async function prepareEach(arrivals: readonly Arrival[], where: Where, prepare: Prepare): Promise<Prepared> {
  const batches: SealedBatch[] = []
  const skipped: Skipped[] = []
  for (const arrival of arrivals) {
    try {
      batches.push(await prepare([unreadOf(arrival, where)]))
    } catch {
      skipped.push({ uid: arrival.uid, reason: 'unreadable', sizeBytes: arrival.raw.length })
    }
  }
  return { batches, skipped }
}

interface Where {
  readonly account: string
  readonly folder: IncomingLabel
  /** The keys of all mailboxes. */
  readonly folders: ReadonlySet<string>
  readonly mailbox: string
  readonly uidvalidity: number
}

function unreadOf(arrival: Arrival, { account, folder, folders, mailbox, uidvalidity }: Where): Unread {
  const { raw, flags, receivedAt, uid, modseq, messageId, threadId } = arrival
  return {
    raw,
    account,
    labels: [folder, ...tagsOf(arrival, folders)],
    flags,
    ...(receivedAt === undefined ? {} : { receivedAt }),
    provider: {
      ...(messageId === undefined ? {} : { messageId }),
      ...(threadId === undefined ? {} : { threadId }),
      location: { mailbox, uidvalidity, uid, ...(modseq === undefined ? {} : { modseq }) },
    },
  }
}
