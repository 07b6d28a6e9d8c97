import type { Socket } from 'node:net'
import * as v from 'valibot'
import type { Clock } from '#base/clock.ts'
import { instant } from '#base/instant.ts'
import type { Event, EventBus } from '../events/bus.ts'
import type { Caller, Wanted } from '../part.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'
import { encodeFrame, FrameReader, frameBytesMax } from '../protocol/frame.ts'
import { type ClientFrame, clientFrame, errorFrame } from '../protocol/messages.ts'
import type { Admission, Admitted } from './admission.ts'
import type { Dispatch } from './dispatch.ts'

/** For each connection. */
const requestsUnderWayMax = 32
const unreadBytesMax = 4 * 1024 * 1024
const unreadEventBytesMax = 256 * 1024
/** For a client to hang up once it has been told that this is the end. */
const endMs = 1_000

/** How long a client may take over what everybody can do at once. */
export interface Patience {
  readonly helloMs: number
  /** From a frame's first byte to its last. */
  readonly frameMs: number
}
export const patience: Patience = { helloMs: 5_000, frameMs: 30_000 }

export interface Surroundings {
  readonly clock: Clock
  readonly events: EventBus
  readonly admit: Admission
  readonly dispatch: Dispatch
  readonly patience: Patience
  readonly onClose: (connection: Connection) => void
}

/**
 * One client. Reads frames, answers them in whatever order they are done, and never waits for one before it reads the
 * next; a client that does not read is not read from, and one that stops within a frame is let go.
 */
export class Connection {
  readonly id: number
  readonly #socket: Socket
  readonly #around: Surroundings
  readonly #reader = new FrameReader()
  readonly #underWay = new Map<number, AbortController>()
  #caller: Caller | undefined
  #timer: NodeJS.Timeout | undefined
  #unsubscribe: (() => void) | undefined
  #wanted: Wanted | undefined
  #skipped = 0
  #isClosed = false

  constructor(id: number, socket: Socket, around: Surroundings) {
    this.id = id
    this.#socket = socket
    this.#around = around
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('drain', () => this.#drained())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#closed())
    this.#expect(around.patience.helloMs, 'no hello came')
  }

  get isIdle(): boolean {
    return this.#underWay.size === 0
  }

  /** Tells the client why, when there is something to tell, and closes once that is sent. */
  end(error?: RequestError): void {
    if (error !== undefined) this.#send(errorFrame(error))
    this.#socket.end()
    // What the client does not read keeps nobody here.
    setTimeout(() => this.#socket.destroy(), endMs).unref()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    if (this.#isClosed) return
    this.#reader.push(chunk)
    for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
      if (!frame.ok) {
        this.#refuse(frame.error)
        return
      }
      this.#handle(frame.value)
      if (this.#isClosed) return
    }
    if (this.#caller === undefined) return
    if (!this.#reader.isWithin) this.#expectNothing()
    else if (this.#timer === undefined) this.#expect(this.#around.patience.frameMs, 'a frame was not finished')
  }

  #handle(frame: Readonly<Record<string, unknown>>): void {
    if (this.#caller === undefined) {
      this.#greet(frame)
      return
    }
    this.#expectNothing()
    const checked = v.safeParse(clientFrame, frame)
    if (!checked.success) {
      this.#refuse(requestError('malformed', 'neither a request nor a cancellation'), idOf(frame))
      return
    }
    if ('cancel' in checked.output) this.#underWay.get(checked.output.cancel)?.abort()
    else this.#start(this.#caller, checked.output)
  }

  #greet(frame: Readonly<Record<string, unknown>>): void {
    const admitted = this.#around.admit(this.id, frame)
    if (!admitted.ok) {
      this.#refuse(admitted.error)
      return
    }
    const { caller, hello }: Admitted = admitted.value
    this.#caller = caller
    this.#expectNothing()
    this.#reader.admit(frameBytesMax)
    this.#send({ hello })
  }

  #start(caller: Caller, frame: Extract<ClientFrame, { id: number }>): void {
    const { id } = frame
    if (this.#underWay.has(id)) {
      this.#refuse(requestError('malformed', `there is a request ${id} under way`), id)
      return
    }
    if (this.#underWay.size >= requestsUnderWayMax) {
      const message = `more than ${requestsUnderWayMax} requests at once`
      this.#send(errorFrame(requestError('too_many_requests', message, { retryAfterMs: 100 }), id))
      return
    }
    const controller = new AbortController()
    this.#underWay.set(id, controller)
    const call = { caller, signal: controller.signal, subscribe: (wanted: Wanted) => this.#subscribe(wanted) }
    void this.#around.dispatch(frame, call).then(answer => {
      if (this.#underWay.get(id) === controller) this.#underWay.delete(id)
      this.#answer(id, answer)
    })
  }

  #answer(id: number, answer: Awaited<ReturnType<Dispatch>>): void {
    if (this.#isClosed) return
    if (!answer.ok) {
      this.#send(errorFrame(answer.error, id))
      return
    }
    if (this.#send({ id, result: answer.value })) return
    const message = 'the answer is larger than a frame: ask for less at once'
    this.#send(errorFrame(requestError('result_too_large', message), id))
  }

  #subscribe(wanted: Wanted): { seq: number; hasGap: boolean } {
    const { events } = this.#around
    this.#wanted = wanted
    this.#unsubscribe ??= events.listen(event => this.#tell(event))
    const { seq } = events
    if (wanted.sinceSeq === undefined) return { seq, hasGap: false }
    const missed = events.since(wanted.sinceSeq)
    // After the answer, so that the client knows what they are.
    setImmediate(() => {
      for (const event of missed.events) if (event.seq <= seq) this.#tell(event)
    })
    return { seq, hasGap: missed.hasGap }
  }

  #tell(event: Event): void {
    if (this.#isClosed || !isWanted(event, this.#wanted)) return
    // A client that does not read loses events, never answers; it is told how many once it reads again.
    if (this.#socket.writableLength > unreadEventBytesMax) {
      this.#skipped++
      return
    }
    const { kind, seq, at, account, data } = event
    this.#send({ event: kind, seq, at: instant(at), ...(account === undefined ? {} : { account }), data })
  }

  #drained(): void {
    this.#socket.resume()
    if (this.#skipped === 0) return
    const { clock, events } = this.#around
    const data = { skipped: this.#skipped }
    this.#skipped = 0
    this.#send({ event: 'events.lagged', seq: events.seq, at: instant(clock.now()), data })
  }

  /** False when it does not fit into a frame. */
  #send(value: unknown): boolean {
    if (this.#isClosed || this.#socket.destroyed || this.#socket.writableEnded) return true
    const frame = encodeFrame(value)
    if (!frame.ok) return false
    this.#socket.write(frame.value)
    if (this.#socket.writableLength > unreadBytesMax) this.#socket.pause()
    return true
  }

  #refuse(error: RequestError, id?: number): void {
    this.#send(errorFrame(error, id))
    this.#isClosed = true
    this.end()
  }

  #expect(ms: number, otherwise: string): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#refuse(requestError('deadline_exceeded', otherwise)), ms)
    this.#timer.unref()
  }

  #expectNothing(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #closed(): void {
    this.#isClosed = true
    this.#expectNothing()
    this.#unsubscribe?.()
    for (const controller of this.#underWay.values()) controller.abort()
    this.#around.onClose(this)
  }
}

function isWanted({ kind, account }: Event, wanted: Wanted | undefined): boolean {
  if (wanted === undefined) return false
  if (wanted.kinds !== undefined && !wanted.kinds.includes(kind)) return false
  if (wanted.accounts === undefined) return true
  // What names no account may concern any: who may see only some learns of it no more than that the daemon ends.
  return account === undefined ? kind === 'daemon.stopping' : wanted.accounts.includes(account)
}

function idOf({ id }: Readonly<Record<string, unknown>>): number | undefined {
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : undefined
}
