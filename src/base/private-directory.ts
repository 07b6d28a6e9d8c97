import { closeSync, constants, fstatSync, mkdirSync, openSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import { Failure } from './failure.ts'

/**
 * Mail and memory lie in directories that only their owner can enter. A directory or file that is somebody else's, or
 * that others may enter, is refused with the reason rather than repaired: whoever opened it may have read or changed
 * what is in it, and a person should know.
 */

const modePrivate = 0o700
const filePrivate = 0o600
const bitsOfOthers = 0o077
const bitsWritableByOthers = 0o022
const bitSticky = 0o1000

/** Creates `path` (0700) where it is missing, then checks it as {@link checkPrivateDirectory} does. */
export function ensurePrivateDirectory(path: string, homeDir: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: modePrivate })
  } catch (cause) {
    throw new Failure('failed', 'directory_not_created', `cannot create ${path}: ${reason(cause)}`, { cause })
  }
  checkPrivateDirectory(path, homeDir)
}

/**
 * Refuses a directory that is not this user's alone (mode 0700), and one that somebody else could replace: every
 * directory between the home directory (or the file system's root, for places outside of it) and `path` must belong
 * to this user or to root and must not be writable by others, unless sticky.
 */
export function checkPrivateDirectory(path: string, homeDir: string): void {
  if (process.platform === 'win32') return // profile directories are private by their ACL; there are no mode bits
  const entry = stat(path)
  if (!entry.isDirectory()) throw refused(path, 'is not a directory')
  checkOwner(path, entry)
  if ((entry.mode & bitsOfOthers) !== 0) {
    throw refused(path, `is open to other users (mode ${octal(entry.mode)})`, `chmod 700 ${quoted(path)}`)
  }
  for (const parent of new Set([...parentsBelow(path, homeDir), ...parentsBelow(realpathSync(path), homeDir)])) {
    checkNotReplaceable(parent)
  }
}

/**
 * Opens a file that only its owner may read, creating it (0600) when `flags` say so. Follows no link in the last
 * component; refuses what belongs to somebody else or is open to others.
 */
export function openPrivateFile(path: string, flags: number): number {
  const descriptor = openSync(path, flags | (constants.O_NOFOLLOW ?? 0), filePrivate)
  try {
    checkPrivateFile(path, fstatSync(descriptor))
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/** The same for a file that a person edits by hand: others may read it (its directory keeps them out), never write it. */
export function checkNotWritableByOthers(path: string): void {
  if (process.platform === 'win32') return
  const entry = stat(path)
  checkOwner(path, entry)
  if ((entry.mode & bitsWritableByOthers) !== 0) {
    throw refused(path, `can be changed by other users (mode ${octal(entry.mode)})`, `chmod 600 ${quoted(path)}`)
  }
}

function checkPrivateFile(path: string, entry: Stats): void {
  if (process.platform === 'win32') return
  checkOwner(path, entry)
  if ((entry.mode & bitsOfOthers) !== 0) {
    throw refused(path, `is open to other users (mode ${octal(entry.mode)})`, `chmod 600 ${quoted(path)}`)
  }
}

function checkOwner(path: string, { uid }: Stats): void {
  const ours = process.getuid?.()
  if (uid !== ours) throw refused(path, `belongs to user ${uid}, not to you (user ${ours})`)
}

function checkNotReplaceable(directory: string): void {
  const { uid, mode } = stat(directory)
  const ours = process.getuid?.()
  if (uid !== ours && uid !== 0) throw refused(directory, `belongs to user ${uid}, not to you (user ${ours})`)
  if ((mode & bitsWritableByOthers) !== 0 && (mode & bitSticky) === 0) {
    throw refused(directory, `can be changed by other users (mode ${octal(mode)})`, `chmod go-w ${quoted(directory)}`)
  }
}

/** The directories above `path`, up to but without the home directory when it is below that, else up to the root. */
function parentsBelow(path: string, homeDir: string): string[] {
  const top = isBelow(path, homeDir) ? homeDir : sep
  const parents: string[] = []
  for (let parent = dirname(path); parent !== top && parent !== dirname(parent); parent = dirname(parent)) {
    parents.push(parent)
  }
  return parents
}

function isBelow(path: string, directory: string): boolean {
  const way = relative(directory, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function stat(path: string): Stats {
  try {
    return statSync(path)
  } catch (cause) {
    throw new Failure('failed', 'path_not_readable', `cannot look at ${path}: ${reason(cause)}`, { cause })
  }
}

function refused(path: string, why: string, next?: string): Failure {
  const message = `refusing to use ${path}: it ${why}`
  return new Failure('refused', 'path_not_private', message, {
    data: { path },
    ...(next === undefined ? {} : { next }),
  })
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0')
}

/** Quoted for a POSIX shell, so that the command in a message can be pasted whatever the path contains. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
