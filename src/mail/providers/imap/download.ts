import { err, ok, type Result } from '#base/result.ts'
import type { Arrival, Skipped } from '../provider.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import { type Fetched, parseFetch } from './fetch.ts'
import type { RawResponse } from './response.ts'
import { formatUidSet, rangesOf } from './uid-set.ts'
import type { Wire } from './wire.ts'

/** A piece of what is being downloaded. */
export interface Downloaded {
  readonly arrivals: readonly Arrival[]
  readonly skipped: readonly Skipped[]
  /** Messages that are still to come. */
  readonly remaining: number
}

/** Few at first: the newest mail is what a person waits for. */
const firstWindow = 50
const windowMessages = 500
/** The server works on the next command while we read the answer to this one. */
const windowsUnderWay = 2
const pieceBytes = 2 * 1024 * 1024
/** What is read and not yet taken away; beyond, the server has to wait. */
const heldBytesMax = 4 * 1024 * 1024

/**
 * Fetches messages whole, newest first, by pipelined commands for windows of them. A piece is a window or 4 MB,
 * whatever comes first; reading stops while the pieces are not taken away.
 */
export async function* download(
  wire: Wire,
  uids: readonly number[],
  items: string,
): AsyncGenerator<Result<Downloaded, ProviderError>, void, void> {
  const downloading = new Downloading(wire, uids, items)
  try {
    for (;;) {
      const piece = await downloading.next()
      if (piece === undefined) return
      yield piece
      if (!piece.ok) return
    }
  } finally {
    downloading.abandon()
  }
}

class Downloading {
  readonly #wire: Wire
  readonly #items: string
  /** Newest first. */
  readonly #windows: number[][]
  readonly #wanted: Set<number>
  readonly #pieces: { readonly piece: Downloaded; readonly bytes: number }[] = []
  #arrivals: Arrival[] = []
  #skipped: Skipped[] = []
  #bytes = 0
  #heldBytes = 0
  #underWay = 0
  #failed: ProviderError | undefined
  #wake: (() => void) | undefined

  constructor(wire: Wire, uids: readonly number[], items: string) {
    this.#wire = wire
    this.#items = items
    this.#wanted = new Set(uids)
    this.#windows = windowsOf(uids)
  }

  async next(): Promise<Result<Downloaded, ProviderError> | undefined> {
    this.#ask()
    while (this.#pieces.length === 0 && this.#failed === undefined && this.#underWay > 0) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
      this.#ask()
    }
    const next = this.#pieces.shift()
    if (next === undefined) return this.#failed === undefined ? undefined : err(this.#failed)
    this.#heldBytes -= next.bytes
    if (this.#heldBytes < heldBytesMax) this.#wire.resume()
    return ok(next.piece)
  }

  /** Whoever stops in the middle leaves a connection on which answers are still to come. */
  abandon(): void {
    if (this.#underWay > 0) this.#wire.close(providerError('cancelled', 'the download was not wanted any more'))
  }

  #ask(): void {
    while (this.#underWay < windowsUnderWay && this.#failed === undefined) {
      const window = this.#windows.shift()
      if (window === undefined) return
      this.#underWay++
      const command = `UID FETCH ${formatUidSet(rangesOf(window))} (${this.#items})`
      const done = this.#wire.run(command, { untagged: this.#take })
      void done.then(result => this.#endWindow(window, result))
    }
  }

  readonly #take = (response: RawResponse): void => {
    const fetched = parseFetch(response)
    const uid = fetched?.uid
    // Whatever else the server likes to tell comes again with the next look at what changed.
    if (fetched?.body === undefined || uid === undefined || !this.#wanted.delete(uid)) return
    const sizeBytes = fetched.bodySizeBytes ?? 0
    if (fetched.body === 'too_large') this.#skipped.push({ uid, reason: 'too_large', sizeBytes })
    else if (fetched.body === 'missing' || sizeBytes === 0) this.#skipped.push({ uid, reason: 'unreadable', sizeBytes })
    else {
      this.#arrivals.push(arrivalOf(uid, fetched, fetched.body))
      this.#bytes += sizeBytes
    }
    if (this.#bytes >= pieceBytes) this.#endPiece()
  }

  #endWindow(window: readonly number[], result: Result<unknown, ProviderError>): void {
    this.#underWay--
    if (result.ok) {
      // What did not come is gone by now: the next look at the mailbox says so.
      for (const uid of window) this.#wanted.delete(uid)
      this.#endPiece()
    } else this.#failed ??= result.error
    this.#wake?.()
  }

  #endPiece(): void {
    if (this.#arrivals.length === 0 && this.#skipped.length === 0) return
    const arrivals = this.#arrivals.sort((one, other) => other.uid - one.uid)
    this.#pieces.push({ piece: { arrivals, skipped: this.#skipped, remaining: this.#wanted.size }, bytes: this.#bytes })
    this.#heldBytes += this.#bytes
    this.#arrivals = []
    this.#skipped = []
    this.#bytes = 0
    if (this.#heldBytes >= heldBytesMax) this.#wire.pause()
    this.#wake?.()
  }
}

function windowsOf(uids: readonly number[]): number[][] {
  const newestFirst = [...uids].sort((one, other) => other - one)
  const windows: number[][] = []
  for (let at = 0; at < newestFirst.length; ) {
    const size = at === 0 ? firstWindow : windowMessages
    windows.push(newestFirst.slice(at, at + size))
    at += size
  }
  return windows
}

function arrivalOf(uid: number, fetched: Fetched, raw: Buffer): Arrival {
  const { flags = 0, keywords = [], modseq, receivedAt, messageId, threadId, labels } = fetched
  return {
    uid,
    raw,
    flags,
    keywords,
    ...(modseq === undefined ? {} : { modseq }),
    ...(receivedAt === undefined ? {} : { receivedAt }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(threadId === undefined ? {} : { threadId }),
    ...(labels === undefined ? {} : { labels }),
  }
}
