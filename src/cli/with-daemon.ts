import { build } from '#base/build.ts'
import { type Exit, Failure } from '#base/failure.ts'
import type { Result } from '#base/result.ts'
import { connectDaemon, connectOrStart, DaemonClient } from '#daemon/client/index.ts'
import type { ErrorCode, RequestError } from '#daemon/protocol/errors.ts'
import type { Session } from './session.ts'

const answerMs = 5_000

/** Runs `work` with a connection to the daemon, which is started when there is none. */
export async function withDaemon<T>(session: Session, work: (client: DaemonClient) => Promise<T>): Promise<T> {
  const { paths, env, output, clock } = session
  const connected = await connectOrStart({
    paths,
    env,
    client: clientName(),
    as: session.claim,
    talk: output.talk,
    monotonicMs: () => clock.monotonicMs(),
  })
  return use(new DaemonClient(connected), async client => {
    await tellWhatWasRead(client, session)
    return work(client)
  })
}

/** An agent that postern run started has read memory before it asked for anything here. */
export async function tellWhatWasRead(client: DaemonClient, session: Session): Promise<void> {
  const { claim, env } = session
  // Whoever has neither may ask for nothing at all.
  if ((claim?.token ?? claim?.profile) === undefined || env.POSTERN_SESSION_DIR === undefined) return
  const { sessionOf } = await import('./commands/harness/session-here.ts')
  const directory = sessionOf(session)
  if (directory === undefined) return
  const { noteCapsule } = await import('./commands/harness/note-capsule.ts')
  await noteCapsule(client, directory)
}

/** The same, but `undefined` when no daemon runs. */
export async function withRunningDaemon<T>(
  { paths, claim }: Pick<Session, 'paths' | 'claim'>,
  work: (client: DaemonClient) => Promise<T>,
): Promise<T | undefined> {
  const connected = await connectDaemon({ paths, client: clientName(), as: claim, timeoutMs: answerMs })
  return 'socket' in connected ? use(new DaemonClient(connected), work) : undefined
}

async function use<T>(client: DaemonClient, work: (client: DaemonClient) => Promise<T>): Promise<T> {
  try {
    return await work(client)
  } finally {
    client.close()
  }
}

/** The value, or the end of the command with what a person can do about the refusal. */
export function granted<T>(result: Result<T, RequestError>): T {
  if (result.ok) return result.value
  throw requestFailure(result.error)
}

export function requestFailure({ code, message, retryable, details }: RequestError): Failure {
  const exit = exits[code] ?? (retryable ? 'try_later' : 'failed')
  const next = nexts[code]
  return new Failure(exit, code, message, {
    ...(next === undefined ? {} : { next }),
    ...(details === undefined ? {} : { data: details }),
  })
}

const exits: Partial<Record<ErrorCode, Exit>> = {
  not_found: 'not_found',
  message_unknown: 'not_found',
  label_unknown: 'not_found',
  account_unknown: 'not_found',
  decision_unknown: 'not_found',
  plan_unknown: 'not_found',
  name_unknown: 'not_found',
  draft_unknown: 'not_found',
  send_unknown: 'not_found',
  params_invalid: 'usage',
  query_invalid: 'usage',
  cursor_invalid: 'usage',
  name_invalid: 'usage',
  name_taken: 'usage',
  limit_reached: 'refused',
  plan_expired: 'refused',
  undo_expired: 'refused',
  undone_already: 'refused',
  policy_denied: 'refused',
  approval_needed: 'held',
  store_corrupt: 'integrity',
  not_a_store: 'integrity',
}

const nexts: Partial<Record<ErrorCode, string>> = {
  message_unknown: 'postern search QUERY',
  label_unknown: 'postern labels',
  account_unknown: 'postern account list',
  draft_unknown: 'postern draft list',
  draft_changed: 'postern draft list',
  draft_leaving: 'postern draft list',
  send_unknown: 'postern draft list',
  send_over: 'postern draft list',
  decision_unknown: 'postern outbox decisions',
  plan_expired: 'run the command with --dry-run again',
  internal: 'postern daemon logs',
  store_corrupt: 'postern doctor',
  disk_full: 'make room, then run the same command again',
}

function clientName(): string {
  return `cli/${build().version}`
}
