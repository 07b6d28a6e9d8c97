import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import { errnoOf, type Files, readFully, systemFiles } from './canonical/files.ts'
import { acquireLock, type Machine } from './canonical/lock.ts'
import { LogFile } from './canonical/log-file.ts'
import { thisMachine } from './canonical/machine.ts'
import { SealFile, type SealKeys } from './canonical/seal.ts'
import { sealPathOf, snapshotPathOf } from './load.ts'
import type { StoreError } from './store-error.ts'
import { type Verification, verifyLog } from './verify.ts'

/**
 * What a person may do about a log that no longer opens: keep what can be read, in batches that are whole, and lose
 * what lies behind. Never done by itself; the damaged files are kept beside the new ones.
 */
export interface RepairPlan {
  readonly found: Verification
  /** Nothing needs to be done. */
  readonly isNeeded: boolean
  /** The log is cut here. */
  readonly keptBytes: number
  readonly lostBytes: number
  /** The seal is made anew over what is kept: what it said of changes until now is given up. */
  readonly sealIsRemade: boolean
}

export interface RepairOptions {
  readonly files?: Files
  readonly keys?: SealKeys
  readonly machine?: Machine
  readonly now: number
}

export function planRepair(path: string, options: RepairOptions): Result<RepairPlan, StoreError> {
  const found = verifyLog(path, options)
  if (!found.ok) return found
  const { committedEnd, length, seal, replay, tail } = found.value
  const isNeeded = tail.type === 'corrupt' || seal.state === 'broken'
  // What can be read and not replayed cannot be cut to anything sensible by a program.
  if (replay !== undefined) return err(replay)
  return ok({
    found: found.value,
    isNeeded,
    keptBytes: committedEnd,
    lostBytes: length - committedEnd,
    sealIsRemade: isNeeded && seal.state === 'broken',
  })
}

export interface Repaired extends RepairPlan {
  /** Where the files that were replaced are kept. */
  readonly copies: readonly string[]
}

export function repairLog(path: string, options: RepairOptions): Result<Repaired, StoreError> {
  const { files = systemFiles, machine = thisMachine(), keys = {}, now } = options
  const lock = acquireLock(path, { files, machine, owner: 'postern memory repair', now })
  if (!lock.ok) {
    const { error } = lock
    return err(error.code === 'Io' ? { code: 'LockIo', errno: error.errno } : { ...error, code: 'Locked' })
  }
  try {
    const plan = planRepair(path, options)
    if (!plan.ok || !plan.value.isNeeded) return plan.ok ? ok({ ...plan.value, copies: [] }) : plan
    return replace(path, plan.value, { files, keys })
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'UNKNOWN') throw thrown
    return err({ code: 'Log', inner: { code: 'Io', operation: 'create', errno } })
  } finally {
    lock.value.release()
  }
}

/** The copy is whole and durable before anything is changed. */
function replace(
  path: string,
  plan: RepairPlan,
  { files, keys }: { readonly files: Files; readonly keys: SealKeys },
): Result<Repaired, StoreError> {
  const suffix = `damaged-${randomBytes(4).toString('hex')}`
  const copies = [copyFile(files, path, suffix)]
  const sealPath = sealPathOf(path)
  if (files.kind(sealPath) === 'file') {
    copies.push(copyFile(files, sealPath, suffix))
    if (plan.sealIsRemade) files.remove(sealPath)
  }
  if (files.kind(snapshotPathOf(path)) === 'file') files.remove(snapshotPathOf(path))
  const log = LogFile.openForWriting(files, path, { isNew: false })
  if (!log.ok) return err({ code: 'Log', inner: log.error })
  try {
    const truncated = log.value.truncate(plan.keptBytes)
    if (!truncated.ok) return err({ code: 'Log', inner: truncated.error })
    const resealed = plan.sealIsRemade ? reseal(sealPath, log.value, { files, keys }) : undefined
    return resealed === undefined ? ok({ ...plan, copies }) : err(resealed)
  } finally {
    log.value.close()
  }
}

function reseal(
  sealPath: string,
  log: LogFile,
  { files, keys }: { readonly files: Files; readonly keys: SealKeys },
): StoreError | undefined {
  const bytes = log.read(0, log.length)
  if (!bytes.ok) return { code: 'Log', inner: bytes.error }
  const opened = SealFile.open(files, sealPath, keys)
  if (!opened.ok) return { code: 'Seal', inner: opened.error }
  const seal = opened.value
  try {
    const appended = log.length === 0 ? ok(undefined) : seal.append(log.length, bytes.value)
    const synced = appended.ok ? seal.sync() : appended
    return synced.ok ? undefined : { code: 'Seal', inner: synced.error }
  } finally {
    seal.close()
  }
}

function copyFile(files: Files, path: string, suffix: string): string {
  const target = `${path}.${suffix}`
  const source = files.open(path, 'read')
  const copy = files.open(target, 'create')
  try {
    copy.write(readFully(source, 0, source.facts().size), 0)
    copy.sync()
  } finally {
    source.close()
    copy.close()
  }
  files.syncDirectory(dirname(target))
  return target
}
