import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import { errnoOf, type Files, readFully } from './files.ts'

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
  /** When the process started; undefined when there is none of that number. */
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
  const { files, machine, now } = options
  const lockId = `${machine.pid}-${now}-${++sequence}`
  try {
    files.makeDirectory(dirname(path))
    if (create(files, path, lockText(lockId, logPath, options))) return ok(heldLock(files, path, lockId))
    const holder = readHolder(files, path)
    if (holder === undefined || !isGone(holder, machine)) return err({ code: 'AlreadyHeld', path, holder })
    return takeOver(path, holder, { ...options, lockId, logPath })
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'UNKNOWN') throw thrown
    return err({ code: 'Io', errno })
  }
}

/** The holder of a log's lock; undefined when nobody holds it. Changes nothing. */
export function lockHolder(files: Files, logPath: string): LockHolder | undefined {
  return readHolder(files, lockPathOf(logPath))
}

/** Proof, not guess: the same machine and pid space, and either another start of the machine or no such process. */
export function isGone(holder: LockHolder, machine: Machine): boolean {
  if (holder.pid === undefined || holder.host !== machine.host || holder.host === undefined) return false
  if (holder.pidSpace !== machine.pidSpace || holder.boot === undefined || machine.boot === '') return false
  if (holder.boot !== machine.boot) return true
  const started = machine.startOf(holder.pid)
  return started === undefined || (holder.started !== undefined && holder.started !== started)
}

/**
 * Only whoever makes the guard file may replace a lock, and looks again once it has: of two that found the same dead
 * holder the second finds the first.
 */
function takeOver(
  path: string,
  dead: LockHolder,
  options: LockOptions & { readonly lockId: string; readonly logPath: string },
): Result<Lock, LockError> {
  const { files, machine, lockId, logPath, onTakeover } = options
  const guard = `${path}.takeover`
  if (!create(files, guard, lockText(lockId, logPath, options))) {
    const other = readHolder(files, guard)
    if (other !== undefined && isGone(other, machine)) files.remove(guard) // the next try finds the way free
    return err({ code: 'AlreadyHeld', path, holder: other ?? dead })
  }
  try {
    const holder = readHolder(files, path)
    if (holder === undefined || holder.lockId !== dead.lockId) return err({ code: 'AlreadyHeld', path, holder })
    const fresh = `${path}.${randomBytes(8).toString('hex')}`
    create(files, fresh, lockText(lockId, logPath, options))
    files.rename(fresh, path)
    onTakeover?.(dead.pid ?? 0)
    return ok(heldLock(files, path, lockId))
  } finally {
    files.remove(guard)
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

/** False when there is one. A file that could not be written whole is not left behind. */
function create(files: Files, path: string, text: string): boolean {
  let file: ReturnType<Files['open']>
  try {
    file = files.open(path, 'create')
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST') return false
    throw thrown
  }
  try {
    file.write(Buffer.from(text), 0)
    file.sync()
    return true
  } catch (thrown) {
    files.remove(path)
    throw thrown
  } finally {
    file.close()
  }
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
