import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { writePrivateFile } from '#base/private-file.ts'
import { err, ok, type Result } from '#base/result.ts'
import { systemFiles } from './canonical/files.ts'
import { logHeader } from './canonical/log-file.ts'
import type { SealKeys } from './canonical/seal.ts'
import { sealPathOf, snapshotPathOf } from './load.ts'
import type { StoreError } from './store-error.ts'
import { isSound, type Verification, verifyLog } from './verify.ts'

/** A log and its seal as bytes, to be kept somewhere else or to come from there. */
export interface Image {
  /** The header and what is committed. */
  readonly log: Buffer
  readonly seal: Buffer | undefined
}

export interface CheckedImage {
  readonly image: Image
  readonly found: Verification
}

export type ImageError =
  | { readonly code: 'store'; readonly error: StoreError }
  /** It can be read, and is not whole or not what its seal says. */
  | { readonly code: 'unsound'; readonly found: Verification }

/** What is committed to a log, once it was verified; undefined when there is none. Somebody may be writing meanwhile. */
export function readImage(path: string, keys: SealKeys): Result<CheckedImage | undefined, ImageError> {
  if (systemFiles.kind(path) === undefined) return ok(undefined)
  // The seal first: what is sealed is already in the log.
  const sealPath = sealPathOf(path)
  const seal = systemFiles.kind(sealPath) === 'file' ? readFileSync(sealPath) : undefined
  const verified = verifyLog(path, { keys })
  if (!verified.ok) return err({ code: 'store', error: verified.error })
  if (!isSound(verified.value)) return err({ code: 'unsound', found: verified.value })
  const log = readFileSync(path).subarray(0, logHeader.length + verified.value.committedEnd)
  return ok({ image: { log, seal }, found: verified.value })
}

/** Puts an image into a directory of its own, gives its log to `work`, and takes the directory away again. */
export function withScratch<T>(image: Image, above: string, work: (log: string) => T): T {
  const scratch = mkdtempSync(join(above, '.mirror-'))
  try {
    const path = join(scratch, 'canonical.log')
    writeFileSync(path, image.log, { mode: 0o600, flag: 'wx' })
    if (image.seal !== undefined) writeFileSync(sealPathOf(path), image.seal, { mode: 0o600, flag: 'wx' })
    return work(path)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Whether an image from elsewhere is a whole log that fits its seal. */
export function checkImage(image: Image, above: string, keys: SealKeys): Result<Verification, ImageError> {
  const verified = withScratch(image, above, path => verifyLog(path, { keys }))
  if (!verified.ok) return err({ code: 'store', error: verified.error })
  const found = verified.value
  const isWhole = isSound(found) && found.committedEnd === image.log.length - logHeader.length
  return isWhole ? ok(found) : err({ code: 'unsound', found })
}

/**
 * Puts a checked image in the place of a log; the lock of the log is held. Each file is replaced at once or not at all,
 * the log first: stopped between the two, the log is whole and its seal behind it, and the same call goes on from there.
 */
export function writeImage(path: string, { log, seal }: Image): void {
  const snapshot = snapshotPathOf(path)
  if (systemFiles.kind(snapshot) === 'file') systemFiles.remove(snapshot)
  writePrivateFile(path, log)
  const sealPath = sealPathOf(path)
  if (seal !== undefined) writePrivateFile(sealPath, seal)
  else if (systemFiles.kind(sealPath) === 'file') systemFiles.remove(sealPath)
  systemFiles.syncDirectory(dirname(path))
}
