import * as v from 'valibot'
import type { Log } from '#base/log.ts'
import { err, type Result } from '#base/result.ts'
import { fromException } from '#mail/store/index.ts'
import type { Passage } from '../gate/keeper.ts'
import type { CheckedParams } from '../gate/scopes.ts'
import type { Call, Handlers } from '../part.ts'
import { fromStore, type RequestError, requestError } from '../protocol/errors.ts'
import type { ClientFrame } from '../protocol/messages.ts'
import { isRequestName, type RequestName, type RequestSpec, requests } from '../requests/index.ts'

export type Dispatch = (
  frame: Extract<ClientFrame, { id: number }>,
  call: Call,
) => Promise<Result<unknown, RequestError>>

/** What stands between a request and its handler. */
export interface Gate {
  pass(name: RequestName, params: CheckedParams, call: Call): Result<Passage, RequestError>
  done(name: RequestName, passage: Passage, call: Call, result: Result<unknown, RequestError>): void
}

const deadlineDefaultMs = 60_000
/** Of all clients together, those included whose client no longer waits: cancelling must not make room for more. */
const handlersMax = 256

/** Finds the handler of a request, checks what it is asked, and gives it its time. What a handler throws is a bug: it is logged and answered, and ends nobody else. */
export function dispatcher(handlers: Handlers, gate: Gate, log: Log): Dispatch {
  let running = 0
  return async ({ request: name, params, deadline_ms: deadline }, call) => {
    if (!isRequestName(name)) return err(requestError('unknown_request', `there is no request "${name.slice(0, 60)}"`))
    const spec: RequestSpec = requests[name]
    const checked = v.safeParse(spec.params, params)
    if (!checked.success) return err(invalid(checked.issues[0]))
    if (running >= handlersMax) {
      return err(requestError('too_many_requests', 'too much is under way', { retryAfterMs: 200 }))
    }
    const most = spec.deadlineMs ?? deadlineDefaultMs
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(deadlinePassed), Math.min(deadline ?? most, most))
    const cancel = () => controller.abort()
    call.signal.addEventListener('abort', cancel, { once: true })
    const { signal } = controller
    const overdue = new Promise<Result<never, RequestError>>(resolve => {
      signal.addEventListener('abort', () => resolve(err(ended(signal))), { once: true })
    })
    try {
      running++
      const handled = guarded({ handlers, gate }, name, checked.output, { ...call, signal }).finally(() => {
        running--
      })
      // Whoever no longer waits does not hear of a fault; the log does.
      handled.catch((error: unknown) => {
        if (signal.aborted) logFault(log, name, error)
      })
      return await Promise.race([handled, overdue])
    } catch (error) {
      logFault(log, name, error)
      return err(ofEnvironment(error) ?? requestError('internal', 'a fault in Postern itself; the log has it'))
    } finally {
      clearTimeout(timer)
      call.signal.removeEventListener('abort', cancel)
    }
  }
}

function logFault(log: Log, name: RequestName, error: unknown): void {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  log.error('request.failed', { request: name, reason: firstLines(reason) })
}

/** Nothing reaches a handler past the gate, and the gate hears what came of it, also when the client has gone. */
async function guarded(
  { handlers, gate }: { readonly handlers: Handlers; readonly gate: Gate },
  name: RequestName,
  params: CheckedParams,
  call: Call,
): Promise<Result<unknown, RequestError>> {
  const passage = gate.pass(name, params, call)
  if (!passage.ok) return passage
  const { accounts } = passage.value
  const caller = accounts === undefined ? call.caller : { ...call.caller, accounts }
  const result = await run(handlers, name, passage.value.params, { ...call, caller })
  gate.done(name, passage.value, call, result)
  return result
}

/** The table binds each name to the params of its handler; here only the name is known, and the params are checked. */
async function run(
  handlers: Handlers,
  name: RequestName,
  params: unknown,
  call: Call,
): Promise<Result<unknown, RequestError>> {
  const handler: unknown = handlers[name]
  if (typeof handler !== 'function') throw new Error(`${name} has no handler`)
  return handler(params, call)
}

const deadlinePassed = Symbol('deadline')

function ended({ reason }: AbortSignal): RequestError {
  return reason === deadlinePassed
    ? requestError('deadline_exceeded', 'it took longer than was asked for')
    : requestError('cancelled', 'the request was cancelled')
}

/** What the disk refused, also where it was not expected; undefined for a bug. */
function ofEnvironment(thrown: unknown): RequestError | undefined {
  try {
    return fromStore(fromException(thrown))
  } catch {
    return undefined
  }
}

function invalid(issue: v.BaseIssue<unknown>): RequestError {
  const path = (issue.path ?? []).map(({ key }) => String(key)).join('.')
  const message = `${path === '' ? 'params' : path}: ${issue.message}`.slice(0, 300)
  return requestError('params_invalid', message, { details: { field: path.slice(0, 100) } })
}

function firstLines(text: string): string {
  return text.split('\n').slice(0, 3).join(' | ')
}
