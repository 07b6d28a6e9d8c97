import { isObject, type Message, type Params, type RequestId, RPC, readMessage, reply, replyError } from './json-rpc.ts'
import { type Line, LineSplitter } from './lines.ts'
import type { Resources } from './resources.ts'
import { answerCharactersMax, describeTool, InvalidArguments, type Tool, type ToolResult } from './tool.ts'

/**
 * One session of MCP over a stream of lines. The official SDK ends the session at the first malformed line and buffers
 * a line without end; here every line is answered and the session goes on. It knows no mail and no memory: tools and
 * resources are handed in.
 */
export interface ServerOptions {
  readonly name: string
  readonly title: string
  readonly version: string
  readonly instructions: string
  /** What this session's profile can use: asked anew for each list, since a profile may change. */
  readonly tools: () => Promise<readonly Tool[]>
  readonly resources: Resources
  readonly write: (line: string) => void
  /** Method, tool, outcome, milliseconds and bytes; never arguments or answers. */
  readonly log: (event: CallEvent) => void
  readonly now: () => number
}

export interface CallEvent {
  readonly method: string
  readonly tool?: string
  readonly outcome: string
  readonly durationMs: number
  readonly bytes: number
}

/** The client, as it introduced itself: for a notice to the person, never for a decision. */
export interface ClientFacts {
  readonly name: string
  readonly version: string
  readonly canElicit: boolean
}

/** Newest first. A client that asks for another gets the newest, and may leave. */
export const PROTOCOL_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const
const inFlightMax = 64
const toolsPerPage = 100
const outgoingMax = 16

export class McpServer {
  readonly #options: ServerOptions
  readonly #lines = new LineSplitter()
  readonly #inFlight = new Map<RequestId, AbortController>()
  readonly #running = new Set<Promise<void>>()
  readonly #asked = new Map<RequestId, (answer: { result: unknown; failed: boolean }) => void>()
  #client: ClientFacts | undefined
  #nextAsk = 1

  constructor(options: ServerOptions) {
    this.#options = options
  }

  get client(): ClientFacts | undefined {
    return this.#client
  }

  receive(chunk: Uint8Array): void {
    for (const line of this.#lines.push(chunk)) this.#line(line)
  }

  /** The client has closed its side: what is under way ends, at the latest when its tools do. */
  async end(): Promise<void> {
    for (const line of this.#lines.end()) this.#line(line)
    await Promise.allSettled(this.#running)
  }

  cancelAll(): void {
    for (const controller of this.#inFlight.values()) controller.abort()
  }

  notify(method: string, params: Params = {}): void {
    this.#options.write(JSON.stringify({ jsonrpc: '2.0', method, params }))
  }

  /**
   * Shows something to the person through the client, where it can (elicitation). Whatever comes back is what a program
   * says that a person said: it decides nothing.
   */
  show(message: string): boolean {
    if (this.#client?.canElicit !== true || this.#asked.size >= outgoingMax) return false
    const id = `show-${this.#nextAsk++}`
    this.#asked.set(id, () => {})
    const params = { mode: 'form', message, requestedSchema: { type: 'object', properties: {} } }
    this.#options.write(JSON.stringify({ jsonrpc: '2.0', id, method: 'elicitation/create', params }))
    return true
  }

  #line(line: Line): void {
    if (line.type === 'oversize') {
      this.#answerError(null, { code: RPC.invalid_request, message: 'the line is longer than 8 MiB' })
      return
    }
    const message = readMessage(line.bytes)
    if (message !== undefined) this.#message(message, line.bytes.length)
  }

  #message(message: Message, bytes: number): void {
    switch (message.type) {
      case 'invalid':
        this.#answerError(message.id, message.error)
        return
      case 'notification':
        this.#notified(message.method, message.params)
        return
      case 'response':
        this.#answered(message.id, message.result, message.failed)
        return
      case 'request':
        this.#requested(message.id, message.method, message.params, bytes)
    }
  }

  #notified(method: string, params: Params): void {
    if (method !== 'notifications/cancelled') return
    const { requestId } = params
    if (typeof requestId === 'string' || typeof requestId === 'number') this.#inFlight.get(requestId)?.abort()
  }

  #answered(id: RequestId | null, result: unknown, failed: boolean): void {
    if (id === null) return
    this.#asked.get(id)?.({ result, failed })
    this.#asked.delete(id)
  }

  #requested(id: RequestId, method: string, params: Params, bytes: number): void {
    if (this.#inFlight.has(id)) {
      this.#answerError(id, { code: RPC.invalid_request, message: 'this id is under way already' })
      return
    }
    if (this.#inFlight.size >= inFlightMax) {
      this.#answerError(id, { code: RPC.busy, message: `more than ${inFlightMax} requests are under way` })
      return
    }
    const controller = new AbortController()
    this.#inFlight.set(id, controller)
    const running = this.#serve(id, method, params, { controller, bytes }).finally(() => {
      this.#inFlight.delete(id)
      this.#running.delete(running)
    })
    this.#running.add(running)
  }

  async #serve(
    id: RequestId,
    method: string,
    params: Params,
    { controller, bytes }: { controller: AbortController; bytes: number },
  ): Promise<void> {
    const started = this.#options.now()
    let outcome = 'ok'
    try {
      const result = await this.#result(method, params, controller.signal)
      // A cancelled request is not answered (MCP, Cancellation).
      if (controller.signal.aborted) outcome = 'cancelled'
      else this.#options.write(reply(id, result))
      if (isObject(result) && result.isError === true) outcome = 'refused'
    } catch (error) {
      outcome = controller.signal.aborted ? 'cancelled' : outcomeOf(error)
      if (!controller.signal.aborted) this.#answerError(id, rpcErrorOf(error))
    }
    const tool = method === 'tools/call' && typeof params.name === 'string' ? { tool: params.name.slice(0, 64) } : {}
    this.#options.log({ method, ...tool, outcome, durationMs: this.#options.now() - started, bytes })
  }

  async #result(method: string, params: Params, signal: AbortSignal): Promise<unknown> {
    const { resources } = this.#options
    switch (method) {
      case 'initialize':
        return this.#initialize(params)
      case 'ping':
        return {}
      case 'tools/list':
        return this.#listTools(params)
      case 'tools/call':
        return this.#callTool(params, signal)
      case 'resources/list':
        return resources.list(text(params.cursor), signal)
      case 'resources/templates/list':
        return { resourceTemplates: resources.templates }
      case 'resources/read':
        return resources.read(requiredText(params, 'uri'), signal)
      default:
        throw new RpcFault(RPC.method_not_found, method.slice(0, 100))
    }
  }

  #initialize(params: Params): unknown {
    const { name, title, version, instructions } = this.#options
    const wanted = PROTOCOL_VERSIONS.find(known => known === params.protocolVersion)
    const client = isObject(params.clientInfo) ? params.clientInfo : {}
    const capabilities = isObject(params.capabilities) ? params.capabilities : {}
    this.#client = {
      name: text(client.name)?.slice(0, 100) ?? 'unnamed',
      version: text(client.version)?.slice(0, 40) ?? '',
      canElicit: isObject(capabilities.elicitation),
    }
    return {
      protocolVersion: wanted ?? PROTOCOL_VERSIONS[0],
      capabilities: { tools: { listChanged: false }, resources: { subscribe: false, listChanged: false } },
      serverInfo: { name, title, version },
      instructions,
    }
  }

  async #listTools({ cursor }: Params): Promise<unknown> {
    const start = cursor === undefined ? 0 : Number(cursor)
    const tools = await this.#options.tools()
    if (!Number.isInteger(start) || start < 0 || start > tools.length) {
      throw new RpcFault(RPC.invalid_params, 'no such cursor')
    }
    const end = start + toolsPerPage
    return {
      tools: tools.slice(start, end).map(describeTool),
      ...(end < tools.length ? { nextCursor: String(end) } : {}),
    }
  }

  async #callTool(params: Params, signal: AbortSignal): Promise<unknown> {
    // Some clients cannot have dots in names, others know the tools by them.
    const name = requiredText(params, 'name').replaceAll('.', '_')
    const tool = (await this.#options.tools()).find(each => each.name === name)
    if (tool === undefined) throw new RpcFault(RPC.invalid_params, `there is no tool ${name.slice(0, 64)}`)
    signal.throwIfAborted()
    const args = params.arguments ?? {}
    if (!isObject(args)) throw new RpcFault(RPC.invalid_params, 'arguments must be an object')
    const meta = isObject(params._meta) ? params._meta : {}
    const result = await tool.run(args, { signal, progress: this.#progress(meta.progressToken) })
    return toolAnswer(result)
  }

  #progress(token: unknown): (done: number, total?: number) => void {
    if (typeof token !== 'string' && typeof token !== 'number') return () => {}
    return (progress, total) =>
      this.notify('notifications/progress', {
        progressToken: token,
        progress,
        ...(total === undefined ? {} : { total }),
      })
  }

  #answerError(id: RequestId | null, error: { code: number; message: string }): void {
    this.#options.write(replyError(id, error))
  }
}

/** A refusal that belongs to the protocol. */
export class RpcFault extends Error {
  override readonly name = 'RpcFault'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** The text repeats the structured answer, for clients that know only text. */
function toolAnswer(result: ToolResult): unknown {
  if (!result.ok) {
    const { code, message, data } = result
    const error = { code, message, ...(data === undefined ? {} : { data }) }
    // Structured content would have to follow the schema of success.
    return {
      content: [{ type: 'text', text: `${code}: ${message}` }],
      _meta: { 'postern/error': error },
      isError: true,
    }
  }
  const json = JSON.stringify(result.value)
  if (json.length > answerCharactersMax) throw new Error('a tool answered with more than it may')
  return { content: [{ type: 'text', text: json }], structuredContent: result.value, isError: false }
}

function rpcErrorOf(error: unknown): { code: number; message: string } {
  if (error instanceof RpcFault) return { code: error.code, message: error.message }
  if (error instanceof InvalidArguments) return { code: RPC.invalid_params, message: error.message }
  return { code: RPC.internal, message: 'a fault in Postern; see its log' }
}

function outcomeOf(error: unknown): string {
  if (error instanceof RpcFault || error instanceof InvalidArguments) return 'invalid'
  return 'fault'
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function requiredText(params: Params, name: string): string {
  const value = params[name]
  if (typeof value !== 'string') throw new RpcFault(RPC.invalid_params, `${name} must be a string`)
  return value
}
