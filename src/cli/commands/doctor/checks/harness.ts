import { isAlive } from '#base/alive.ts'
import { sessionsDirectory, sessionsIn } from '#harness/session.ts'
import { trusted } from '#harness/trust/trusted.ts'
import { type Check, type Finding, refusalOf } from '../check.ts'

/** Sessions of agents that ended without their notes having been taken in, and the list of what is trusted. */
export const harness: Check = {
  name: 'harness',
  sound: 'the notes of all ended sessions are taken in',
  run: ({ session: { paths } }) => {
    const findings: Finding[] = []
    const unreadable = refusalOf(() => trusted(paths))
    if (unreadable !== undefined) findings.push(unreadable)
    const { records, broken } = sessionsIn(sessionsDirectory(paths.dataDir))
    const ended = records.filter(({ pid }) => pid !== 0 && !isAlive(pid))
    if (ended.length > 0) {
      findings.push({
        code: 'session_ended',
        message: `the notes of ${ended.length} ended sessions wait to be taken in`,
        severity: 'note',
        next: 'postern run --recover',
        count: ended.length,
      })
    }
    for (const path of broken) {
      findings.push({
        code: 'session_broken',
        message: `${path} is not the record of a session; its notes lie in the directory of the same name`,
        severity: 'problem',
        next: `postern memory sweep --surface agent-export ${path.replace(/\.json$/, '/notes')}, then rm ${path}`,
      })
    }
    return findings
  },
}
