import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { errnoOf } from './files.ts'
import type { Machine } from './lock.ts'

/**
 * This machine, as far as a lock needs it. Only Linux says when it started and when a process did; elsewhere no holder
 * is ever proven gone, and a person removes the lock that `status` shows.
 */
export function thisMachine(): Machine {
  return {
    pid: process.pid,
    host: hostname(),
    boot: quietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidSpace: quietly(() => readlinkSync('/proc/self/ns/pid')),
    startOf: startedAt,
  }
}

/**
 * Field 22 of /proc/PID/stat; the second field is a name in brackets and may hold anything. A file that cannot be read
 * (another person's process, Node's permissions) proves nothing: only the kernel's ESRCH says that there is no process.
 */
function startedAt(pid: number): string | undefined {
  if (!isThere(pid)) return undefined
  return quietly(() => {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  })
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return errnoOf(thrown) !== 'ESRCH'
  }
}

function quietly(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
