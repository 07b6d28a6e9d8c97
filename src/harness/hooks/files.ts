import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { writeAll } from '#base/descriptor.ts'
import { durable, syncFile, syncRenamed } from '#base/durable.ts'
import { Failure } from '#base/failure.ts'

/**
 * Files of another program, below a base directory. No link is followed on the way to them or in their place: a
 * repository could bring one along that leads out of itself. What is written is written whole or not at all.
 */
export interface Place {
  readonly base: string
  readonly path: readonly string[]
}

const bytesMax = 4 * 1024 ** 2
const newFileMode = 0o644

export function pathOf({ base, path }: Place): string {
  return join(base, ...path)
}

/** The text of the file; undefined when there is none. A `Failure` when it is anything but a plain file. */
export function readPlace(place: Place): string | undefined {
  checkWay(place)
  const path = pathOf(place)
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    const entry = fstatSync(descriptor)
    if (!entry.isFile() || entry.size > bytesMax) throw refused(path, 'is no plain file of a usual size')
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(descriptor))
  } catch (cause) {
    if (cause instanceof TypeError) throw refused(path, 'is not UTF-8')
    throw cause
  } finally {
    closeSync(descriptor)
  }
}

/** Replaces the file, keeping who may read it; directories on the way are made. */
export function writePlace(place: Place, text: string): void {
  checkWay(place)
  const path = pathOf(place)
  const directory = dirname(path)
  mkdirSync(directory, { recursive: true, mode: 0o755 })
  const mode = lstatSync(path, { throwIfNoEntry: false })?.mode ?? newFileMode
  const fresh = join(directory, `.postern-${randomBytes(8).toString('hex')}`)
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0) | durable()
  const descriptor = openSync(fresh, flags, 0o600)
  try {
    writeAll(descriptor, text)
    syncFile(descriptor)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
  chmodSync(fresh, mode & 0o777)
  renameSync(fresh, path)
  syncRenamed(path, directory)
}

export function removePlace(place: Place): void {
  checkWay(place)
  rmSync(pathOf(place), { force: true })
}

/** The directories between the base and the file in which nothing is left. */
export function removeEmptyDirectories({ base, path }: Place): void {
  for (let depth = path.length - 1; depth > 0; depth--) {
    try {
      rmdirSync(join(base, ...path.slice(0, depth)))
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return
      if (code !== 'ENOENT') throw cause
    }
  }
}

function checkWay({ base, path }: Place): void {
  let way = base
  for (const [depth, name] of path.entries()) {
    way = join(way, name)
    const entry = lstatSync(way, { throwIfNoEntry: false })
    if (entry === undefined) return
    const isLast = depth === path.length - 1
    if (entry.isSymbolicLink()) throw refused(way, 'is a link: it may lead anywhere')
    if (!isLast && !entry.isDirectory()) throw refused(way, 'is no directory')
    if (isLast && !entry.isFile()) throw refused(way, 'is no plain file')
  }
}

function refused(path: string, why: string): Failure {
  return new Failure('refused', 'hooks_place_refused', `refusing to use ${path}: it ${why}`, {
    next: 'put a plain file in its place, or add the hook by hand as docs/harness.md shows',
  })
}
