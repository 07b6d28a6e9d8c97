import { err, ok, type Result } from '#base/result.ts'
import type { Arrival, ChangePage, Mailbox, MailProvider, Skipped } from '../providers/provider.ts'
import type {
  ArrivedPage,
  IncomingLabel,
  MailReader,
  MailWriter,
  MessageId,
  PackedBatch,
  ServerState,
  TakenPage,
} from '../store/index.ts'
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
  | 'takePages'
  | 'setMailboxes'
  | 'dropMailbox'
  | 'settleExpected'
  | 'removeHomeless'
  | 'tend'
  | 'expectMuch'

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

/** Pages that are read and not yet prepared: with 2 MB each, much of what bounds the memory. */
const pagesUnprepared = 2
/** Pages that are prepared, half as large, and wait for those before them. */
const pagesUnderWay = 6
/** What is stored at once, so that no more than this is fetched again after a crash. */
const messagesTogether = 500

/**
 * Brings one mailbox up to date, page by page. While some pages are stored the next are prepared and those after them
 * come over the network; they are stored in their order, each with its cursor, so that it can break off anywhere. What
 * is ready by the time the store is free goes there together.
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
  readonly #underWay: UnderWay[] = []
  #storing: Promise<void> | undefined
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

  /** Waits as long as there are too many under way. */
  async #take(page: ChangePage): Promise<void> {
    const ready = this.#prepare(page)
    const next: UnderWay = { page, ready, prepared: undefined, stored: Promise.withResolvers() }
    ready.then(
      prepared => {
        next.prepared = prepared
      },
      () => {}, // looked at when its turn comes
    )
    this.#underWay.push(next)
    this.#storing ??= this.#storeAll()
    for (;;) {
      const unprepared = this.#underWay.filter(({ prepared }) => prepared === undefined)
      const [first] = this.#underWay
      if (unprepared.length >= pagesUnprepared) await unprepared[0]?.ready
      else if (this.#underWay.length >= pagesUnderWay) await Promise.race([first?.stored.promise, this.#storing])
      else return
    }
  }

  async #prepare({ mailbox, uidvalidity, arrivals }: ChangePage): Promise<Prepared> {
    if (arrivals.length === 0) return { batches: [], skipped: [] }
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

  #storeAll(): Promise<void> {
    const storing = this.#storeInOrder()
    storing.catch(() => {}) // whoever takes the next page, or ends the round, awaits it
    return storing
  }

  async #storeInOrder(): Promise<void> {
    for (let first = this.#underWay[0]; first !== undefined; first = this.#underWay[0]) {
      await first.ready
      await this.#store(this.#readyTogether())
    }
    this.#storing = undefined
  }

  /** The pages at the head that are prepared: one at least, and no more messages than may be lost at once. */
  #readyTogether(): readonly Ready[] {
    const together: Ready[] = []
    let messages = 0
    for (const { page, prepared } of this.#underWay) {
      messages += page.arrivals.length
      if (prepared === undefined || (together.length > 0 && messages > messagesTogether)) break
      together.push({ page, prepared })
    }
    return together
  }

  async #store(pages: readonly Ready[]): Promise<void> {
    if (this.#failed === undefined) {
      const { taken, failed } = await this.#syncing.store.writer.takePages(pages.map(each => this.#arrived(each)))
      for (const [at, page] of taken.entries()) this.#note(page, pages[at]?.page)
      if (failed !== undefined) this.#failed = atStore(failed)
    }
    for (const { stored } of this.#underWay.splice(0, pages.length)) stored.resolve()
  }

  #arrived({ page, prepared }: Ready): ArrivedPage {
    const { account } = this.#syncing.provider
    const { mailbox, uidvalidity, flags, gone, isRenumbered, skipped, cursor, remaining } = page
    const hasLabels = flags.some(({ labels }) => labels !== undefined)
    const states = flags.map(state => ({
      uid: state.uid,
      flags: state.flags,
      labels: tagsOf(state, this.#folders),
      ...(state.modseq === undefined ? {} : { modseq: state.modseq }),
    }))
    const kinds: ServerState['kinds'] = hasLabels ? ['keyword', 'label'] : ['keyword']
    const said = { account, mailbox, uidvalidity, states, gone, isRenumbered, kinds, cursor, remaining }
    return { batches: prepared.batches, state: { ...said, skipped: [...skipped, ...prepared.skipped] } }
  }

  #note({ ingested, changed }: TakenPage, page: ChangePage | undefined): void {
    const ids = (outcome: string) => ingested.flatMap(each => (each.outcome === outcome ? each.id : []))
    this.#tell('arrived', ids('stored'))
    this.#tell('changed', [...ids('changed'), ...changed])
    this.arrived += ids('stored').length
    this.changed += changed.length
    if (page !== undefined) this.#syncing.onRemaining(page.remaining, page.arrivals.length)
  }

  #tell(kind: Happened['kind'], ids: readonly MessageId[]): void {
    if (ids.length > 0) this.#syncing.onHappened({ kind, ids })
  }
}

interface UnderWay {
  readonly page: ChangePage
  readonly ready: Promise<Prepared>
  prepared: Prepared | undefined
  readonly stored: PromiseWithResolvers<void>
}

interface Ready {
  readonly page: ChangePage
  readonly prepared: Prepared
}

interface Prepared {
  readonly batches: readonly PackedBatch[]
  readonly skipped: readonly Skipped[]
}

/** One of them kills whoever reads it: it is found and passed over, so that it does not stand in the way of all others. */
async function prepareEach(arrivals: readonly Arrival[], where: Where, prepare: Prepare): Promise<Prepared> {
  const batches: PackedBatch[] = []
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
