import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Paths } from '#base/paths.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import { writePrivateFile } from '#base/private-file.ts'
import { type DraftFile, fileType, messageBytesMax } from '#mail/compose/index.ts'
import { safeFileName } from '#mail/mime/index.ts'

/**
 * Files of drafts lie beside the store, each under the SHA-256 of its bytes: as they were when they were added,
 * whatever becomes of the place they came from. Clients write them, the daemon reads them and takes no path from
 * anybody.
 */
export function filesDirectory({ dataDir }: Pick<Paths, 'dataDir'>): string {
  return join(dataDir, 'draft-files')
}

/** Keeps a file and says how a draft names it. */
export function keepFile(
  paths: Paths,
  { name, bytes, type }: { name: string; bytes: Uint8Array; type?: string },
): DraftFile {
  const directory = filesDirectory(paths)
  ensurePrivateDirectory(directory, paths.homeDir)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const path = join(directory, sha256)
  if (!existsSync(path)) writePrivateFile(path, bytes)
  const safe = safeFileName(name)
  return { name: safe, type: type ?? fileType(safe), size: bytes.length, sha256 }
}

/** The bytes of a draft's file; undefined when they are gone or are not what the draft says. */
export function readFile(paths: Pick<Paths, 'dataDir'>, file: DraftFile): Uint8Array | undefined {
  const path = join(filesDirectory(paths), file.sha256)
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined || size !== file.size || size > messageBytesMax) return undefined
  const bytes = readFileSync(path)
  return createHash('sha256').update(bytes).digest('hex') === file.sha256 ? bytes : undefined
}

/** Removes files that no draft names any more, unless they were just brought. */
export function sweepFiles(
  paths: Pick<Paths, 'dataDir'>,
  { named, now }: { named: ReadonlySet<string>; now: number },
): number {
  const directory = filesDirectory(paths)
  if (!existsSync(directory)) return 0
  let removed = 0
  for (const name of readdirSync(directory)) {
    if (named.has(name)) continue
    const path = join(directory, name)
    if (now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now) < keptMs) continue
    rmSync(path, { force: true })
    removed++
  }
  return removed
}

const keptMs = 24 * 60 * 60_000
