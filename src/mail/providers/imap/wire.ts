import type { Socket } from 'node:net'
import { freeBytes } from '#base/free-memory.ts'
import { err, ok, type Result } from '#base/result.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import { networkError, printable, refusal, type StatusWord } from './errors.ts'
import { FrameReader, ServerMisbehaved } from './frame-reader.ts'
import { TIMES } from './limits.ts'
import { type RawResponse, ResponseSyntaxError } from './response.ts'
import { encodeMailboxName } from './utf7.ts'

/** What a command is made of: text, and bytes that go as a literal once the server asks for them. */
export type CommandPart = string | { readonly literal: Uint8Array }

export interface CommandOptions {
  /** Each untagged response while this command is the oldest one under way. */
  readonly untagged?: (response: RawResponse) => void
  /** The server is ready for more (IDLE). */
  readonly continued?: () => void
  /** IDLE may be silent as long as it likes. */
  readonly mayBeSilent?: boolean
}

/** The text after OK, the response code in brackets first. */
export interface Completed {
  readonly text: string
}

/** A farewell is not worth more. */
const logoutMs = 1_000

interface Pending extends CommandOptions {
  readonly tag: string
  readonly literals: Uint8Array[][]
  readonly rest: string[]
  readonly resolve: (result: Result<Completed, ProviderError>) => void
}

/**
 * One connection after login: commands go out, several may be under way at once, and untagged responses go to the
 * oldest of them. Whatever breaks it (the network, silence, a server that talks nonsense) ends every command with
 * the same typed error, once; a broken wire is thrown away, never mended.
 */
export class Wire {
  readonly host: string
  /** The mailbox that is open. */
  selected: { readonly mailbox: string; readonly uidvalidity: number } | undefined
  readonly #capabilities: Set<string>
  readonly #socket: Socket
  readonly #reader: FrameReader
  readonly #pending: Pending[] = []
  readonly #silence: NodeJS.Timeout
  #ended: ProviderError | undefined
  #bye: string | undefined
  #number = 0
  #isPaused = false

  constructor(socket: Socket, facts: { readonly host: string; readonly capabilities: ReadonlySet<string> }) {
    this.#socket = socket
    this.host = facts.host
    this.#capabilities = new Set(facts.capabilities)
    this.#reader = new FrameReader(response => this.#receive(response))
    this.#silence = setTimeout(() => this.#onSilence(), TIMES.silenceMs)
    this.#silence.unref()
    socket.setNoDelay(true)
    socket.setTimeout(0)
    socket.on('data', chunk => this.#onData(chunk))
    socket.on('error', error => this.#end(networkError(error, this.host)))
    socket.on('close', () => this.#end(this.#lostError()))
    socket.on('end', () => this.#end(this.#lostError()))
    socket.resume()
  }

  get isOpen(): boolean {
    return this.#ended === undefined
  }

  get isIdle(): boolean {
    return this.#ended === undefined && this.#pending.length === 0
  }

  has(capability: string): boolean {
    return this.#capabilities.has(capability)
  }

  /** The server announces them and does not have them. */
  without(capabilities: readonly string[]): this {
    for (const capability of capabilities) this.#capabilities.delete(capability)
    return this
  }

  run(parts: readonly CommandPart[] | string, options: CommandOptions = {}): Promise<Result<Completed, ProviderError>> {
    if (this.#ended !== undefined) return Promise.resolve(err(this.#ended))
    const tag = `P${(++this.#number).toString(36).toUpperCase()}`
    return new Promise(resolve => {
      const { first, rest, literals } = split(typeof parts === 'string' ? [parts] : parts)
      this.#pending.push({ ...options, tag, rest, literals, resolve })
      this.#silence.refresh()
      this.#socket.write(`${tag} ${first}`)
    })
  }

  /** Text outside of a command: what ends an IDLE. */
  send(line: string): void {
    if (this.#ended === undefined) this.#socket.write(`${line}\r\n`)
  }

  /** While paused nothing is read, so that a slow reader holds back the server and not memory. */
  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#silence.refresh()
    this.#socket.resume()
  }

  /** Commands under way end with `cancelled`, or with the error given. */
  close(error: ProviderError = providerError('cancelled', 'the connection was closed')): void {
    this.#end(error)
  }

  async logout(): Promise<void> {
    const timer = setTimeout(() => this.close(), logoutMs)
    if (this.isIdle) await this.run('LOGOUT')
    clearTimeout(timer)
    this.close()
  }

  #onData(chunk: Buffer | string): void {
    if (this.#ended !== undefined || !(chunk instanceof Buffer)) return
    this.#silence.refresh()
    try {
      this.#reader.push(chunk)
      freeBytes(chunk)
    } catch (error) {
      if (!(error instanceof ServerMisbehaved || error instanceof ResponseSyntaxError)) throw error
      this.#end(providerError('protocol', `${this.host}: ${error.message}`))
    }
  }

  #receive(response: RawResponse): void {
    const { line } = response
    if (line.startsWith('* ')) this.#receiveUntagged(response)
    else if (line.startsWith('+')) this.#proceed()
    else this.#complete(line)
  }

  #receiveUntagged(response: RawResponse): void {
    if (/^\* BYE\b/i.test(response.line)) this.#bye = printable(response.line.slice(6))
    this.#pending[0]?.untagged?.(response)
  }

  #proceed(): void {
    const [command] = this.#pending
    const literals = command?.literals.shift()
    if (command === undefined || literals === undefined) {
      command?.continued?.()
      return
    }
    for (const bytes of literals) this.#socket.write(bytes)
    this.#socket.write(command.rest.shift() ?? '')
  }

  #complete(line: string): void {
    const found = /^(\S+) (OK|NO|BAD)(?: (.*))?$/is.exec(line)
    const [command] = this.#pending
    if (found === null || command === undefined || found[1]?.toUpperCase() !== command.tag) {
      throw new ServerMisbehaved('the server answered what nobody asked')
    }
    this.#pending.shift()
    const status = statusOf(found[2] ?? '')
    const text = found[3] ?? ''
    command.resolve(status === 'OK' ? ok({ text }) : err(refusal(status, text)))
  }

  #onSilence(): void {
    const isWaiting = this.#pending.some(({ mayBeSilent }) => mayBeSilent !== true)
    if (isWaiting && !this.#isPaused) this.#end(providerError('timeout', `${this.host} stopped answering`))
    else if (this.#ended === undefined) this.#silence.refresh()
  }

  #lostError(): ProviderError {
    const why = this.#bye
    if (why === undefined) return providerError('network', `${this.host} closed the connection`)
    const error = refusal('NO', why)
    return error.code === 'rate_limit' ? error : providerError('network', `${this.host} ended the session: ${why}`)
  }

  #end(error: ProviderError): void {
    if (this.#ended !== undefined) return
    this.#ended = error
    clearTimeout(this.#silence)
    this.#socket.destroy()
    for (const { resolve } of this.#pending.splice(0)) resolve(err(error))
  }
}

function statusOf(word: string): StatusWord {
  const upper = word.toUpperCase()
  return upper === 'OK' || upper === 'NO' ? upper : 'BAD'
}

/** Before each literal the line ends with its size, and waits for the server. */
function split(parts: readonly CommandPart[]): { first: string; rest: string[]; literals: Uint8Array[][] } {
  const lines = ['']
  const literals: Uint8Array[][] = []
  for (const part of parts) {
    if (typeof part === 'string') lines[lines.length - 1] += part
    else {
      lines[lines.length - 1] += `{${part.literal.length}}\r\n`
      literals.push([part.literal])
      lines.push('')
    }
  }
  lines[lines.length - 1] += '\r\n'
  const [first = '', ...rest] = lines
  // Whatever was put into a command, a line break in it would be a second command.
  for (const line of lines) {
    if (/[\r\n\0]/.test(line.slice(0, -2))) throw new TypeError('a command may not hold a line break')
  }
  return { first, rest, literals }
}

/** A mailbox's name as an argument. */
export function mailboxArgument(name: string): string {
  return `"${encodeMailboxName(name).replace(/[\\"]/g, '\\$&')}"`
}
