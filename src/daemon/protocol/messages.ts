import * as v from 'valibot'
import { isErrorCode, type RequestError } from './errors.ts'

/** Grows when an older side could misunderstand a newer one. New requests, events and members do not count. */
export const protocolVersion = 1
export const protocolOldest = 1

const name = v.pipe(v.string(), v.maxLength(200))
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** Unknown members are skipped, so that a newer client may say more. */
export const clientHello = v.object({
  hello: v.object({
    protocol: v.tuple([whole, whole]),
    client: name,
    instance: name,
    data_dir: v.pipe(v.string(), v.maxLength(2_000)),
    /** What stands in `daemon.key`. */
    key: v.pipe(v.string(), v.maxLength(200)),
    /**
     * Whoever is no person says so: with a token for what a person gave it, with a profile for that at most, with
     * neither for nothing. It can only take away from what the connection may do.
     */
    as: v.optional(
      v.object({
        token: v.optional(v.pipe(v.string(), v.maxLength(200))),
        profile: v.optional(v.pipe(v.string(), v.maxLength(60))),
        origin: v.optional(v.picklist(['agent', 'mcp']), 'agent'),
      }),
    ),
  }),
})
export type ClientHello = v.InferOutput<typeof clientHello>['hello']

export const serverHello = v.object({
  hello: v.object({
    protocol: whole,
    server: name,
    build: name,
    instance: name,
    pid: whole,
    features: v.array(name),
  }),
})
export type ServerHello = v.InferOutput<typeof serverHello>['hello']

/** What a client sends after its hello. */
export const clientFrame = v.union([
  v.object({
    id: whole,
    request: name,
    params: v.optional(v.record(v.string(), v.unknown()), {}),
    deadline_ms: v.optional(v.pipe(whole, v.minValue(1), v.maxValue(600_000))),
  }),
  v.object({ cancel: whole }),
])
export type ClientFrame = v.InferOutput<typeof clientFrame>

/** A refusal on the wire. `id` is missing when the request could not be told. */
export function errorFrame(error: RequestError, id?: number) {
  const { code, message, retryable, retryAfterMs, details } = error
  return {
    ...(id === undefined ? {} : { id }),
    error: {
      code,
      message,
      retryable,
      ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
      ...(details === undefined ? {} : { details }),
    },
  }
}

const wireError = v.object({
  code: v.string(),
  message: v.string(),
  retryable: v.boolean(),
  retry_after_ms: v.optional(v.number()),
  details: v.optional(v.record(v.string(), v.unknown())),
})

export const serverFrame = v.union([
  v.object({ id: whole, result: v.unknown() }),
  v.object({ id: v.optional(whole), error: wireError }),
  v.object({ event: name, seq: whole, at: v.string(), account: v.optional(v.string()), data: v.unknown() }),
])

/** A code that this client does not know yet is an internal error to it, with the words of the daemon. */
export function errorFrom(wire: v.InferOutput<typeof wireError>): RequestError {
  return {
    code: isErrorCode(wire.code) ? wire.code : 'internal',
    message: wire.message,
    retryable: wire.retryable,
    ...(wire.retry_after_ms === undefined ? {} : { retryAfterMs: wire.retry_after_ms }),
    ...(wire.details === undefined ? {} : { details: wire.details }),
  }
}
