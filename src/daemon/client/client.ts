import type { Socket } from 'node:net'
import * as v from 'valibot'
import { err, ok, type Result } from '#base/result.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'
import { encodeFrame, type FrameReader } from '../protocol/frame.ts'
import { errorFrom, type ServerHello, serverFrame } from '../protocol/messages.ts'
import { type ParamsGiven, type RequestName, type RequestSpec, type ResultOf, requests } from '../requests/index.ts'
import type { Connected } from './connect.ts'

export interface ToldEvent {
  readonly event: string
  readonly seq: number
  readonly at: string
  readonly account?: string | undefined
  readonly data?: unknown
}

export interface RequestOptions {
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
}

type Waiter = (answer: Result<unknown, RequestError>) => void

/** One connection to the daemon. Requests may overlap; answers are checked against the table before anybody gets them. */
export class DaemonClient {
  readonly hello: ServerHello
  readonly #socket: Socket
  readonly #reader: FrameReader
  readonly #waiting = new Map<number, Waiter>()
  #listener: ((event: ToldEvent) => void) | undefined
  #requests = 0
  #closed: RequestError | undefined

  constructor({ socket, reader, hello }: Connected) {
    this.hello = hello
    this.#socket = socket
    this.#reader = reader
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk)
      this.#read()
    })
    socket.on('close', () => this.#end(requestError('shutting_down', 'the daemon ended')))
    socket.resume()
    this.#read()
  }

  /** Settles when the connection has ended, whoever ended it. */
  get isOpen(): boolean {
    return this.#closed === undefined
  }

  async request<Name extends RequestName>(
    name: Name,
    params: ParamsGiven<Name>,
    { deadlineMs, signal }: RequestOptions = {},
  ): Promise<Result<ResultOf<Name>, RequestError>> {
    if (this.#closed !== undefined) return err(this.#closed)
    const id = ++this.#requests
    const frame = encodeFrame({
      id,
      request: name,
      params,
      ...(deadlineMs === undefined ? {} : { deadline_ms: deadlineMs }),
    })
    if (!frame.ok) return frame
    const answered = new Promise<Result<unknown, RequestError>>(resolve => this.#waiting.set(id, resolve))
    const cancel = () => this.#cancel(id)
    signal?.addEventListener('abort', cancel, { once: true })
    this.#socket.write(frame.value)
    const answer = await answered
    signal?.removeEventListener('abort', cancel)
    return answer.ok ? checked(name, answer.value) : answer
  }

  /** Where events go that the daemon tells after `events.subscribe`. */
  onEvent(listener: (event: ToldEvent) => void): void {
    this.#listener = listener
  }

  /** Resolves when the connection has ended. */
  closed(): Promise<void> {
    if (this.#closed !== undefined) return Promise.resolve()
    return new Promise(resolve => this.#socket.once('close', () => resolve()))
  }

  close(): void {
    this.#socket.end()
    this.#socket.unref()
  }

  #cancel(id: number): void {
    const frame = encodeFrame({ cancel: id })
    if (frame.ok) this.#socket.write(frame.value)
  }

  #read(): void {
    for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
      if (!frame.ok) {
        this.#end(frame.error)
        this.#socket.destroy()
        return
      }
      this.#take(frame.value)
    }
  }

  #take(value: unknown): void {
    const said = v.safeParse(serverFrame, value)
    // A frame of a kind that this client does not know is for newer ones.
    if (!said.success) return
    const frame = said.output
    if ('event' in frame) {
      this.#listener?.(frame)
      return
    }
    const answer: Result<unknown, RequestError> = 'error' in frame ? err(errorFrom(frame.error)) : ok(frame.result)
    if (frame.id === undefined) {
      this.#end(answer.ok ? requestError('malformed', 'an answer to nothing') : answer.error)
      return
    }
    this.#waiting.get(frame.id)?.(answer)
    this.#waiting.delete(frame.id)
  }

  #end(error: RequestError): void {
    this.#closed ??= error
    for (const resolve of this.#waiting.values()) resolve(err(error))
    this.#waiting.clear()
  }
}

function checked<Name extends RequestName>(name: Name, value: unknown): Result<ResultOf<Name>, RequestError> {
  const spec: RequestSpec = requests[name]
  const result = v.safeParse(spec.result, value)
  if (!result.success) {
    const where = result.issues[0].path?.map(({ key }) => String(key)).join('.') ?? ''
    return err(requestError('malformed', `the daemon's answer to ${name} cannot be understood (${where})`))
  }
  // The table says that what this schema accepts is this type.
  return ok(result.output as ResultOf<Name>)
}
