import type { DaemonClient } from '#daemon/client/index.ts'
import type { RequestError } from '#daemon/protocol/errors.ts'
import type { ParamsGiven, RequestName, ResultOf } from '#daemon/requests/index.ts'
import type { ToolResult } from './tool.ts'

/** What tools ask the daemon through: one connection for the session, made again when it broke. */
export interface Daemon {
  request<Name extends RequestName>(
    name: Name,
    params: ParamsGiven<Name>,
    signal: AbortSignal,
  ): Promise<Answer<ResultOf<Name>>>
  close(): void
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal }
export type Refusal = Extract<ToolResult, { ok: false }>

export function daemonOf(connect: () => Promise<DaemonClient>): Daemon {
  let client: Promise<DaemonClient> | undefined
  const open = async (): Promise<DaemonClient> => {
    const current = client === undefined ? undefined : await client.catch(() => undefined)
    if (current?.isOpen === true) return current
    client = connect()
    return client
  }
  return {
    async request(name, params, signal) {
      const answer = await (await open()).request(name, params, { signal })
      return answer.ok ? answer : { ok: false, refusal: refusalOf(answer.error) }
    },
    close() {
      void client?.then(opened => opened.close()).catch(() => undefined)
    },
  }
}

/** The gate's sentences are written for a model; what waits is named, so that its state can be asked for. */
function refusalOf({ code, message, details }: RequestError): Refusal {
  return { ok: false, code, message, ...(details === undefined ? {} : { data: details }) }
}
