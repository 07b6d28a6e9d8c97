import { lookAtBoth } from '#harness/mirror/mirror.ts'
import { logHeader } from '#memory/canonical/log-file.ts'
import type { Run } from '../../command.ts'
import { mirrorFailure, mirrorOptions, relationWords } from './options.ts'

export const run: Run = async ({ options }, session) => {
  const asked = mirrorOptions(options, session)
  const both = await lookAtBoth(asked)
  if (!both.ok) throw mirrorFailure(both.error)
  const { relation, local, remote, head } = both.value
  const [words, next] = relationWords[relation]
  const bytes = (log: Buffer | undefined) => (log === undefined ? null : log.length - logHeader.length)
  const facts = { local_bytes: bytes(local?.log), remote_bytes: bytes(remote?.log), head: head ?? null }
  if (session.output.json) {
    session.output.data({ ...asked.remote, relation, ...facts, next: next ?? null })
    return 'done'
  }
  const rows = [
    ['remote', `${asked.remote.url}, branch ${asked.remote.branch}`],
    ['here', facts.local_bytes === null ? 'nothing' : `${facts.local_bytes} bytes`],
    ['there', facts.remote_bytes === null ? 'nothing' : `${facts.remote_bytes} bytes`],
    ['state', words],
  ] as const
  session.output.write(rows.map(([name, value]) => `${name.padEnd(8)}${value}\n`).join(''))
  if (next !== undefined) session.output.talk(`next: ${next}`)
  return 'done'
}
