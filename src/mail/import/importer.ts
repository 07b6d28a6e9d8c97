import { Buffer } from 'node:buffer'
import { freeBuffer } from '#base/free-memory.ts'
import { err, ok, type Result } from '#base/result.ts'
import { type MailWriter, type StoreError, transferables } from '../store/index.ts'
import type { MboxVariant } from './mbox.ts'
import { type Found, isAboutMessage, isBox, isTrouble, type Sourced, type Trouble } from './source.ts'
import { Threads } from './threads.ts'
import { walk } from './walk.ts'
import type { Worked } from './work.ts'

export interface ImportOptions {
  readonly paths: readonly string[]
  readonly account: string
  /** The file behind `writer`; absent when there is none yet, which only a dry run may find. */
  readonly store?: string
  /** Absent for a dry run: nothing is written. */
  readonly writer?: MailWriter
  /** What mboxes are taken for; looked for when absent. */
  readonly variant?: MboxVariant
  /** Worker threads; chosen by the machine when absent. */
  readonly threads?: number
  readonly onProgress?: (progress: Progress) => void
  readonly onTrouble?: (trouble: Trouble) => void
}

export interface Progress {
  readonly report: ImportReport
  /** The folder that the last messages belong to. */
  readonly folder: string
  readonly phase: 'storing' | 'tidying'
}

export interface ImportReport {
  /** Maildirs and mboxes that were found, empty ones too. */
  readonly boxes: number
  /** New in the store. */
  readonly imported: number
  /** In the store already, or a second time among what is imported; labels and flags are joined. */
  readonly skipped: number
  /** Messages that could not be taken in: unreadable, empty, too large. */
  readonly defective: number
  /** Of those imported, how many had something wrong with them. */
  readonly withDefects: number
  /** Of those skipped, how many gained a label or a flag. */
  readonly changed: number
  /** Everything that was not taken in, messages included, and was not left out by intention. */
  readonly troubles: number
  /** Of the messages that were read. */
  readonly bytes: number
}

/** Enough for the index to sort, little enough for memory. */
const itemsPerJob = 1_000
const jobsPerThread = 2
/** Tending goes in steps, so that progress can be told. */
const tendStepMs = 1_000

/**
 * Takes in all messages at these paths. An error of the store ends it: what was stored before stays, and the same call
 * goes on from there. Threads are stopped before this returns, whatever happens.
 */
export async function importMail(options: ImportOptions): Promise<Result<ImportReport, ImportFailure>> {
  const { account, store, writer } = options
  const threads = new Threads(
    { account, isDryRun: writer === undefined, ...(store === undefined ? {} : { store }) },
    options.threads,
  )
  const tally = new Tally(options)
  try {
    writer?.expectMuch(true)
    const failed = await storeAll(threads, new Queue(sourcesOf(options), tally), tally, options)
    if (failed !== undefined) return err({ ...failed, report: tally.report })
    const tended = writer === undefined ? ok(undefined) : tidy(writer, tally)
    return tended.ok ? ok(tally.report) : err({ ...tended.error, report: tally.report })
  } finally {
    writer?.expectMuch(false)
    await threads.stop()
  }
}

export interface ImportFailure extends StoreError {
  /** What was done before. */
  readonly report: ImportReport
}

function* sourcesOf({ paths, variant }: ImportOptions): Generator<Sourced> {
  for (const path of paths) yield* walk(path, variant === undefined ? {} : { variant })
}

interface Job {
  readonly items: readonly Found[]
  readonly worked: Promise<Worked>
}

async function storeAll(
  threads: Threads,
  queue: Queue,
  tally: Tally,
  { writer }: ImportOptions,
): Promise<StoreError | undefined> {
  const start = (items: readonly Found[]): Job => {
    const worked = threads.do(items)
    worked.catch(() => {}) // awaited below, in its turn
    return { items, worked }
  }
  const underWay: Job[] = []
  for (;;) {
    while (underWay.length < threads.count * jobsPerThread) {
      const items = queue.next()
      if (items.length === 0) break
      underWay.push(start(items))
    }
    const job = underWay.shift()
    if (job === undefined) return undefined
    const worked = await job.worked
    // A thread stops when it holds many bytes; what it left comes before everything else, to keep the order.
    if (worked.taken < job.items.length) underWay.unshift(start(job.items.slice(worked.taken)))
    const stored = writer?.ingest(worked.batch)
    if (stored?.ok === false) return stored.error
    tally.add(worked, stored?.value, job.items[worked.taken - 1]?.folder.key ?? '')
    for (const buffer of transferables(worked.batch)) freeBuffer(buffer)
  }
}

/** Lists of messages, made as they are asked for. */
class Queue {
  readonly #sources: Iterator<Sourced>
  readonly #tally: Tally

  constructor(sources: Iterator<Sourced>, tally: Tally) {
    this.#sources = sources
    this.#tally = tally
  }

  /** Empty at the end. */
  next(): Found[] {
    const items: Found[] = []
    while (items.length < itemsPerJob) {
      const { done, value } = this.#sources.next()
      if (done === true) break
      if (isTrouble(value)) this.#tally.meet(value)
      else if (isBox(value)) this.#tally.enter()
      else items.push(value)
    }
    return items
  }
}

/** A second message with the same bytes is found in a dry run by the first of these bytes of its digest. */
const digestBytes = 32
const digestBytesKept = 12

class Tally {
  readonly #options: ImportOptions
  readonly #seen = new Set<string>()
  #report: ImportReport = {
    boxes: 0,
    imported: 0,
    skipped: 0,
    defective: 0,
    withDefects: 0,
    changed: 0,
    troubles: 0,
    bytes: 0,
  }

  constructor(options: ImportOptions) {
    this.#options = options
  }

  get report(): ImportReport {
    return this.#report
  }

  enter(): void {
    this.#report = { ...this.#report, boxes: this.#report.boxes + 1 }
  }

  meet(trouble: Trouble): void {
    const { defective, troubles } = this.#report
    this.#report = {
      ...this.#report,
      troubles: troubles + 1,
      defective: defective + (isAboutMessage(trouble) ? 1 : 0),
    }
    this.#options.onTrouble?.(trouble)
  }

  /** @param outcomes of the batch; undefined in a dry run */
  add(worked: Worked, outcomes: readonly { outcome: string }[] | undefined, folder: string): void {
    for (const trouble of worked.troubles) this.meet(trouble)
    const total = outcomes?.length ?? worked.digests.length / digestBytes
    const stored = outcomes === undefined ? this.#unseen(worked.digests) : count(outcomes, 'stored')
    const had = this.#report
    this.#report = {
      ...had,
      imported: had.imported + stored,
      skipped: had.skipped + worked.known + total - stored,
      changed: had.changed + count(outcomes ?? [], 'changed'),
      withDefects:
        had.withDefects + worked.hasDefects.filter((has, at) => has && outcomes?.[at]?.outcome === 'stored').length,
      bytes: had.bytes + worked.bytes,
    }
    this.tell('storing', folder)
  }

  tell(phase: Progress['phase'], folder = ''): void {
    this.#options.onProgress?.({ report: this.#report, folder, phase })
  }

  #unseen(digests: Uint8Array): number {
    const before = this.#seen.size
    const bytes = Buffer.from(digests.buffer, digests.byteOffset, digests.byteLength)
    for (let at = 0; at < bytes.length; at += digestBytes)
      this.#seen.add(bytes.toString('latin1', at, at + digestBytesKept))
    return this.#seen.size - before
  }
}

function count(outcomes: readonly { outcome: string }[], wanted: string): number {
  return outcomes.filter(({ outcome }) => outcome === wanted).length
}

/** Merges the index and empties the log, once at the end. */
function tidy(writer: MailWriter, tally: Tally): Result<unknown, StoreError> {
  for (;;) {
    tally.tell('tidying')
    const tended = writer.tend({ budgetMs: tendStepMs, isAlone: true })
    if (!tended.ok) return tended
    if (tended.value.isDone) return tended
  }
}
