import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import { createWhole, errnoOf, type Files, readFully, writeNew } from './files.ts'

/**
 * One writer for each log: a file beside it that can be made only once. Format and place are those of the reference,
 * so that its tools and ours keep out of each other's way; our further lines let the next writer prove that a holder
 * is gone. A lock without that proof is never taken over.
 */
export interface Lock {
  /** Removes the file if it is still ours; a replacement stays. */
  release(): void
}

/** Who holds a lock, as far as its file tells. */
export interface LockHolder {
  readonly lockId: string
  readonly owner: string
  readonly pid: number | undefined
  readonly acquiredAtMs: number | undefined
  readonly host: string | undefined
  readonly boot: string | undefined
  /** When the process started, in the system's ticks: pids are used again. */
  readonly started: string | undefined
  /** The pid counts within this only: a container has pids of its own on the same host. */
  readonly pidSpace: string | undefined
}

export type LockError =
  | { readonly code: 'AlreadyHeld'; readonly path: string; readonly holder: LockHolder | undefined }
  | { readonly code: 'Io'; readonly errno: string }

/** What is known of this process and its machine, and of other processes on it. */
export interface Machine {
  readonly pid: number
  readonly host: string
  /** '' where the system does not say. */
  readonly boot: string
  readonly pidSpace: string
  /** When the process started; undefined when there surely is none of that number, '' when the system does not say. */
  startOf(pid: number): string | undefined
}

export interface LockOptions {
  readonly files: Files
  readonly machine: Machine
  readonly owner: string
  readonly now: number
  /** A holder that was gone was taken over. */
  readonly onTakeover?: (pid: number) => void
}

const fileBytesMax = 64 * 1024

/** `canonical.log` → `canonical.log.lock`; a path without a file name has a lock of a fixed name beside it. */
export function lockPathOf(logPath: string): string {
  const path = logPath.replace(/\/+$/, '')
  const slash = path.lastIndexOf('/')
  const [directory, name] = [path.slice(0, slash + 1), path.slice(slash + 1)]
  const hasName = name !== '' && name !== '.' && name !== '..'
  return `${directory}${hasName ? `${name}.lock` : '.mimir-workspace.lock'}`
}

let sequence = 0

export function acquireLock(logPath: string, options: LockOptions): Result<Lock, LockError> {
  const path = lockPathOf(logPath)
  const lockId = `${options.machine.pid}-${options.now}-${++sequence}`
  try {
    options.files.makeDirectory(dirname(path))
    return acquireAt(path, { ...options, lockId, text: Buffer.from(lockText(lockId, logPath, options)) }, 0)
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'UNKNOWN') throw thrown
    return err({ code: 'Io', errno })
  }
}

interface Claim extends LockOptions {
  readonly lockId: string
  readonly text: Uint8Array
}

/** Writers that die one after another while each takes over from the one before: more than this is left to a person. */
const takeoverDepthMax = 3
/** A lock may be released just between our try and our look at it. */
const triesMax = 3

function acquireAt(path: string, claim: Claim, depth: number): Result<Lock, LockError> {
  const { files, machine } = claim
  for (let tries = 0; tries < triesMax; tries++) {
    // An empty lock, left by a writer that was killed before it filled it, could never be told from a living one.
    if (createWhole(files, path, claim.text, `${path}.${claim.lockId}`)) return ok(heldLock(files, path, claim.lockId))
    const holder = readHolder(files, path)
    if (holder === undefined) continue
    if (depth >= takeoverDepthMax || !isGone(holder, machine)) return err({ code: 'AlreadyHeld', path, holder })
    return takeOver(path, holder, claim, depth)
  }
  return err({ code: 'AlreadyHeld', path, holder: undefined })
}

/** The holder of a log's lock, nameless if its file cannot be read; undefined when nobody holds it. Changes nothing. */
export function lockHolder(files: Files, logPath: string): LockHolder | undefined {
  try {
    return readHolder(files, lockPathOf(logPath))
  } catch (thrown) {
    if (errnoOf(thrown) === 'UNKNOWN') throw thrown
    return parseHolder('')
  }
}

/** Proof, not guess: the same machine and pid space, and either another start of the machine or no such process. */
export function isGone(holder: LockHolder, machine: Machine): boolean {
  if (holder.pid === undefined || holder.host !== machine.host || holder.host === undefined) return false
  if (holder.pidSpace !== machine.pidSpace || holder.boot === undefined || machine.boot === '') return false
  if (holder.boot !== machine.boot) return true
  const started = machine.startOf(holder.pid)
  if (started === undefined) return true
  return started !== '' && holder.started !== undefined && holder.started !== started
}

/**
 * Only the holder of the guard may replace the lock of `dead`, and looks again first: of two that found the same dead
 * holder the second finds the first. The guard is a lock of this one takeover, so it is never removed on suspicion; one
 * that was left by a process that died over it is taken over by the same rule.
 */
function takeOver(path: string, dead: LockHolder, claim: Claim, depth: number): Result<Lock, LockError> {
  const { files, lockId, onTakeover } = claim
  const mark = createHash('sha256').update(dead.lockId).digest('hex').slice(0, 16)
  const guard = acquireAt(`${path}.takeover-${mark}`, claim, depth + 1)
  if (!guard.ok) return err({ code: 'AlreadyHeld', path, holder: dead })
  try {
    const holder = readHolder(files, path)
    if (holder?.lockId !== dead.lockId) return err({ code: 'AlreadyHeld', path, holder })
    const fresh = `${path}.${lockId}`
    writeNew(files, fresh, [claim.text])
    files.rename(fresh, path)
    if (depth === 0) onTakeover?.(dead.pid ?? 0)
    return ok(heldLock(files, path, lockId))
  } finally {
    guard.value.release()
  }
}

function heldLock(files: Files, path: string, lockId: string): Lock {
  return {
    release() {
      try {
        if (readHolder(files, path)?.lockId === lockId) files.remove(path)
      } catch (thrown) {
        if (errnoOf(thrown) === 'UNKNOWN') throw thrown
        // What cannot be removed is found stale by the next writer.
      }
    },
  }
}

function lockText(lockId: string, logPath: string, { machine, owner, now }: LockOptions): string {
  const line = (name: string, value: string | number) => `${name}=${String(value).replaceAll(/[\r\n]/g, ' ')}\n`
  return [
    line('lock_id', lockId),
    line('owner', owner),
    line('pid', machine.pid),
    line('acquired_at_ms', now),
    line('log_path', logPath),
    line('host', machine.host),
    line('boot', machine.boot),
    line('started', machine.startOf(machine.pid) ?? ''),
    line('pid_space', machine.pidSpace),
  ].join('')
}

function readHolder(files: Files, path: string): LockHolder | undefined {
  if (files.kind(path) === undefined) return undefined
  try {
    const file = files.open(path, 'read')
    try {
      return parseHolder(readFully(file, 0, Math.min(file.facts().size, fileBytesMax)).toString('utf8'))
    } finally {
      file.close()
    }
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

/** Total: any text is a lock that somebody holds; only what it says clearly counts. */
export function parseHolder(text: string): LockHolder {
  const lines = new Map(
    text
      .split('\n')
      .slice(0, 100)
      .map(line => {
        const at = line.indexOf('=')
        return at < 0 ? ([line, ''] as const) : ([line.slice(0, at), line.slice(at + 1)] as const)
      }),
  )
  const numberOf = (name: string) => {
    const value = lines.get(name) ?? ''
    return /^\d{1,15}$/.test(value) ? Number(value) : undefined
  }
  return {
    lockId: lines.get('lock_id') ?? '',
    owner: (lines.get('owner') ?? '').slice(0, 200),
    pid: numberOf('pid'),
    acquiredAtMs: numberOf('acquired_at_ms'),
    host: lines.get('host'),
    boot: lines.get('boot') === '' ? undefined : lines.get('boot'),
    started: lines.get('started') === '' ? undefined : lines.get('started'),
    pidSpace: lines.get('pid_space'),
  }
}
