import { closeSync, constants, linkSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeAll } from '#base/descriptor.ts'
import { durable, syncDirectory, syncFile } from '#base/durable.ts'
import { err, ok, type Result } from '#base/result.ts'
import { isDirectory, notesName } from './session.ts'

export interface Note {
  readonly title: string | undefined
  readonly text: string
}

export type NoteError = { readonly code: 'note_empty' | 'note_too_large' | 'session_missing'; readonly message: string }

export const noteBytesMax = 256 * 1024
const slugLengthMax = 48

/** Writes a note into a session, whole or not at all; it replaces none. The path is the answer. */
export function writeNote(
  directory: string,
  { title, text }: Note,
  { now, random }: { readonly now: number; readonly random: (bytes: number) => Uint8Array },
): Result<string, NoteError> {
  if (text.trim() === '') return err({ code: 'note_empty', message: 'the note says nothing' })
  const body = `${title === undefined ? '' : `# ${title.replace(/\s+/g, ' ').trim()}\n\n`}${text.trimEnd()}\n`
  if (Buffer.byteLength(body) > noteBytesMax) {
    return err({ code: 'note_too_large', message: `a note has at most ${noteBytesMax} bytes` })
  }
  const notes = join(directory, notesName)
  if (!isDirectory(directory) || !isDirectory(notes)) {
    return err({ code: 'session_missing', message: 'the session has ended, or its directory is gone' })
  }
  const unique = Buffer.from(random(6)).toString('hex')
  const fresh = join(notes, `.${unique}`)
  const path = join(notes, `${now}-${slugOf(title ?? text)}-${unique}.md`)
  writeNew(fresh, body)
  try {
    linkSync(fresh, path)
    syncDirectory(notes)
  } finally {
    rmSync(fresh, { force: true })
  }
  return ok(path)
}

/** Letters and digits of the first line. */
export function slugOf(text: string): string {
  const line = text.split('\n').find(each => each.trim() !== '') ?? ''
  const words = line.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return words.join('-').slice(0, slugLengthMax).replace(/-$/, '') || 'note'
}

function writeNew(path: string, text: string): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0) | durable()
  const descriptor = openSync(path, flags, 0o600)
  try {
    writeAll(descriptor, text)
    syncFile(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
