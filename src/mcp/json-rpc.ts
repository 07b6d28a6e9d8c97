/** JSON-RPC 2.0 as MCP uses it: requests, notifications and responses, one to a line; no batches. */
export type RequestId = string | number

export type Message =
  | { readonly type: 'request'; readonly id: RequestId; readonly method: string; readonly params: Params }
  | { readonly type: 'notification'; readonly method: string; readonly params: Params }
  | { readonly type: 'response'; readonly id: RequestId | null; readonly result: unknown; readonly failed: boolean }
  | { readonly type: 'invalid'; readonly id: RequestId | null; readonly error: RpcError }

export type Params = Readonly<Record<string, unknown>>

export interface RpcError {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

export const RPC = {
  parse: -32700,
  invalid_request: -32600,
  method_not_found: -32601,
  invalid_params: -32602,
  internal: -32603,
  /** MCP: a resource that does not exist. */
  not_found: -32002,
  busy: -32000,
} as const

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Never throws: what is no message is `invalid`, with the answer that it deserves. A blank line is nothing at all. */
export function readMessage(bytes: Uint8Array): Message | undefined {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return invalid(null, RPC.parse, 'the line is not UTF-8')
  }
  if (text.trim() === '') return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return invalid(null, RPC.parse, 'the line is not JSON')
  }
  if (Array.isArray(value)) return invalid(null, RPC.invalid_request, 'batches are not supported')
  if (!isObject(value)) return invalid(null, RPC.invalid_request, 'a message is an object')
  return fromObject(value)
}

export function reply(id: RequestId, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result })
}

export function replyError(id: RequestId | null, error: RpcError): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error })
}

export function isObject(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fromObject(message: Params): Message {
  const { jsonrpc, method, params } = message
  const id = idOf(message.id)
  if (jsonrpc !== '2.0') return invalid(id ?? null, RPC.invalid_request, 'jsonrpc must be "2.0"')
  if (method === undefined) {
    if (!('result' in message || 'error' in message)) return invalid(id ?? null, RPC.invalid_request, 'no method')
    const failed = 'error' in message
    return { type: 'response', id: id ?? null, result: failed ? message.error : message.result, failed }
  }
  if (typeof method !== 'string') return invalid(id ?? null, RPC.invalid_request, 'method must be a string')
  if (params !== undefined && !isObject(params)) {
    return invalid(id ?? null, RPC.invalid_request, 'params must be an object')
  }
  if (!('id' in message)) return { type: 'notification', method, params: params ?? {} }
  if (id === undefined) return invalid(null, RPC.invalid_request, 'id must be a string or a whole number')
  return { type: 'request', id, method, params: params ?? {} }
}

const idLengthMax = 256

function idOf(id: unknown): RequestId | undefined {
  if (typeof id === 'string' && id.length <= idLengthMax) return id
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined
}

function invalid(id: RequestId | null, code: number, message: string): Message {
  return { type: 'invalid', id, error: { code, message } }
}
