import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { stripped } from '#base/printable.ts'
import { withoutSecrets } from '#gate/index.ts'
import { draftLimits } from '#librarian/drafts/draft.ts'
import type { DraftQueue } from '#librarian/drafts/queue.ts'
import { type NoteFile, noteFilesAt, noteSuffixes } from '#librarian/note-files.ts'
import type { SurfaceName } from '#librarian/surface.ts'
import { isDirectory, notesName, type SessionRecord } from './session.ts'

/** What became of a session's notes and of its agent's own memory. */
export interface Captured {
  readonly proposed: number
  readonly known: number
  /** Places in the drafts from which something that looked like a secret was taken out. */
  readonly secrets: number
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

const filesMax = 10_000

/**
 * Notes and memory become drafts, never memory: the librarian decides. Each file is a draft by what it says and where
 * it lay, so that doing this again, after a crash in the middle of it, proposes nothing twice.
 */
export function capture(
  { record, directory }: { readonly record: SessionRecord; readonly directory: string },
  queue: DraftQueue,
  now: number,
): Captured {
  const tally = { proposed: 0, known: 0, secrets: 0, skipped: [] as { path: string; reason: string }[] }
  const take = (file: NoteFile, surface: SurfaceName, provenance: string) => {
    if ('reason' in file) {
      tally.skipped.push({ path: file.path, reason: file.reason })
      return
    }
    if (file.text.trim() === '') return
    const { text, count } = withoutSecrets(file.text)
    const { agent, project } = record
    const given = { surface, agent, project, operator: null, provenance, mail: null, tags: ['harness'], text }
    const submitted = queue.submit(given, now)
    if (!submitted.ok) tally.skipped.push({ path: file.path, reason: submitted.error.code })
    else if (submitted.value.isNew) {
      tally.proposed++
      tally.secrets += count
    } else tally.known++
  }
  for (const file of notesIn(directory)) {
    take(file, 'agent_export', field(`session:${record.id}/${file.path.slice(join(directory, notesName).length + 1)}`))
  }
  for (const path of record.memory) {
    for (const file of noteFilesAt(path)) take(file, record.surface, field(`file:${file.path}`))
  }
  return tally
}

/** The agent may have done anything to its directory: taken it away, or put a link in its place. */
function notesIn(directory: string): readonly NoteFile[] {
  const notes = join(directory, notesName)
  if (!isDirectory(directory)) return [{ path: directory, reason: 'missing' }]
  if (!isDirectory(notes)) return [{ path: notes, reason: 'missing' }]
  const others = readdirSync(notes)
    .filter(name => !name.startsWith('.') && !noteSuffixes.some(suffix => name.endsWith(suffix)))
    .filter(name => !isDirectory(join(notes, name)))
    .slice(0, filesMax)
    .map((name): NoteFile => ({ path: join(notes, name), reason: 'not_text' }))
  return [...noteFilesAt(notes), ...others]
}

/** A file's name was chosen by whoever wrote it. */
function field(text: string): string {
  return stripped(text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .slice(0, draftLimits.fieldLengthMax)
    .toWellFormed()
}
