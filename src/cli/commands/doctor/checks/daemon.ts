import { build } from '#base/build.ts'
import { Failure } from '#base/failure.ts'
import { connectDaemon, DaemonClient } from '#daemon/client/index.ts'
import { checkSocketPath } from '#daemon/places.ts'
import { holderOf } from '#daemon/writer-lock.ts'
import { accountOutboxes, waitingDecisions } from '#mail/outbox/index.ts'
import { type Check, type Finding, findingOf } from '../check.ts'

const answerMs = 3_000

/** The process that owns the mail: whether it can be reached, and whether it is the one that this program would start. */
export const daemon: Check = {
  name: 'daemon',
  sound: 'the daemon runs and answers, or will start with the next command that needs it',
  run: async ({ session: { paths } }) => {
    try {
      checkSocketPath(paths)
      const connected = await connectDaemon({ paths, client: 'doctor', timeoutMs: answerMs })
      if (!('socket' in connected)) return connected.reason === 'absent' ? [] : silent(holderOf(paths)?.pid)
      const client = new DaemonClient(connected)
      const answer = await client.request('daemon.ping', {}, { deadlineMs: answerMs })
      client.close()
      if (!answer.ok) return silent(client.hello.pid)
      const { version, commit } = build()
      const { server, build: built } = client.hello
      if (server === version && built === commit) return []
      const message = `the daemon is version ${server}, this program ${version}: it serves until it is restarted`
      return [{ code: 'daemon_other_version', message, severity: 'note', next: 'postern daemon restart' }]
    } catch (error) {
      if (error instanceof Failure) return [findingOf(error)]
      throw error
    }
  },
}

function silent(pid: number | undefined): Finding[] {
  const message = `the daemon${pid === undefined ? '' : ` (process ${pid})`} does not answer`
  return [{ code: 'daemon_silent', message, severity: 'problem', next: 'postern daemon restart' }]
}

const longMs = 24 * 60 * 60 * 1000

/** What was decided and did not reach its provider. */
export const outbox: Check = {
  name: 'outbox',
  sound: 'every decision has reached its provider, or is on its way',
  needsStore: true,
  run: ({ reader, session: { clock } }) => {
    if (reader === undefined) return []
    const now = clock.now()
    const findings: Finding[] = []
    for (const { account, pending, failed, attempts, lastError } of accountOutboxes(reader.statements, now)) {
      if (failed > 0) {
        const message = `${account}: the provider refused to change ${failed} messages; here they are as it knows them`
        findings.push({ code: 'outbox_refused', message, severity: 'note', next: 'postern outbox list', count: failed })
      }
      if (pending === 0 || lastError === null) continue
      const message = `${account}: ${pending} changes wait after ${attempts} tries: ${lastError.message}`
      const next =
        lastError.code === 'auth_needed' ? `postern account edit ${account} --password` : 'postern outbox retry'
      findings.push({ code: 'outbox_waits', message, severity: 'problem', next, count: pending })
    }
    const [oldest] = waitingDecisions(reader.statements, now).filter(({ pending }) => pending > 0)
    if (findings.length === 0 && oldest !== undefined && now - oldest.decidedAt > longMs) {
      const message = `${oldest.account}: what was decided more than a day ago is not delivered`
      findings.push({ code: 'outbox_old', message, severity: 'problem', next: 'postern status' })
    }
    return findings
  },
}
