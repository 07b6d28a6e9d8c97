import { readFileSync } from 'node:fs'

/** Whether a process still runs. One that may not be looked at is somebody's, and does. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code !== 'ESRCH'
  }
}

/** Ended, but not yet asked about by its parent; in a container without an init nobody ever does. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false
  try {
    return /^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false // gone meanwhile, or /proc is not mounted: the signal has answered
  }
}
