import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { draftLimits } from './drafts/draft.ts'

/** A file of notes, or why it is none: links, pipes and devices are not opened, whatever they lead to. */
export type NoteFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly reason: NoteRefusal }
export type NoteRefusal = 'missing' | 'link' | 'not_a_file' | 'too_large' | 'not_text' | 'unreadable' | 'too_deep'

export const noteSuffixes: readonly string[] = ['.md', '.markdown', '.txt', '.mem', '.org', '.rst']
export const noteFilesMax = 10_000
const depthMax = 12

/** Files of notes at and below a path, in the order of their names. What bears another suffix is passed over. */
export function noteFilesAt(path: string): readonly NoteFile[] {
  const paths: NoteFile[] = []
  visit(path, 0, paths)
  return paths
}

function visit(path: string, depth: number, found: NoteFile[]): void {
  if (found.length > noteFilesMax) return // one more than may be, so that the caller knows
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (entry === undefined) {
    if (depth === 0) found.push({ path, reason: 'missing' })
  } else if (entry.isDirectory()) {
    if (depth >= depthMax) found.push({ path, reason: 'too_deep' })
    else for (const name of namesIn(path, found)) visit(join(path, name), depth + 1, found)
  } else if (depth === 0 || noteSuffixes.some(suffix => path.endsWith(suffix))) {
    found.push(entry.isSymbolicLink() ? { path, reason: 'link' } : readNote(path))
  }
}

function namesIn(path: string, found: NoteFile[]): readonly string[] {
  try {
    return readdirSync(path)
      .filter(name => !name.startsWith('.') && name !== 'node_modules')
      .sort()
      .slice(0, noteFilesMax + 1)
  } catch {
    found.push({ path, reason: 'unreadable' })
    return []
  }
}

/** One file: whole, regular, UTF-8, and no larger than a draft. */
export function readNote(path: string): NoteFile {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    const isLink = cause instanceof Error && 'code' in cause && cause.code === 'ELOOP'
    return { path, reason: isLink ? 'link' : 'unreadable' }
  }
  try {
    const { size } = fstatSync(descriptor)
    if (!fstatSync(descriptor).isFile()) return { path, reason: 'not_a_file' }
    if (size > draftLimits.textBytesMax) return { path, reason: 'too_large' }
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(descriptor)) }
  } catch (cause) {
    return { path, reason: cause instanceof TypeError ? 'not_text' : 'unreadable' }
  } finally {
    closeSync(descriptor)
  }
}
