import { type Exit, Failure } from '#base/failure.ts'
import { nearest } from '#base/nearest.ts'
import { isRequestName, type RequestName, requests } from '#daemon/requests/index.ts'
import type { Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { granted, withDaemon } from '../../with-daemon.ts'

const paramsBytesMax = 8 * 1024 ** 2

export const run: Run = ({ positionals: [name = '', text = '{}'] }, session) => {
  if (!isRequestName(name)) {
    const meant = nearest(name, Object.keys(requests))
    const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
    throw new Failure('usage', 'unknown_request', `there is no request "${name}"${hint}`)
  }
  const params = paramsOf(text, session)
  return withDaemon<Exit>(session, async client => {
    // The daemon checks what was given against its table; here it is anything.
    const ask: (name: RequestName, params: never) => ReturnType<typeof client.request> = client.request.bind(client)
    session.output.data(granted(await ask(name, params as never)))
    return 'done'
  })
}

function paramsOf(text: string, { input }: Session): object {
  const json = text === '-' ? new TextDecoder().decode(input.readAll(paramsBytesMax)) : text
  try {
    const params: unknown = JSON.parse(json)
    if (typeof params === 'object' && params !== null && !Array.isArray(params)) return params
  } catch {
    // said below
  }
  throw new Failure('usage', 'params_invalid', 'PARAMS must be a JSON object', { next: 'see docs/protocol.md' })
}
