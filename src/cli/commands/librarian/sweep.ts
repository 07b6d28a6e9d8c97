import { resolve } from 'node:path'
import { Failure } from '#base/failure.ts'
import { type NoteFile, noteFilesAt, noteFilesMax } from '#librarian/note-files.ts'
import { surfaceNamed } from '#librarian/surface.ts'
import type { Run } from '../../command.ts'
import { openQueue } from './queue.ts'

/** Files become drafts, each once: what is here already in any state is not proposed again. Links are not followed. */
export const run: Run = async ({ positionals, options }, session) => {
  const surface = surfaceNamed(options.value('surface') ?? 'directory') ?? 'directory'
  const files = positionals.flatMap(path => present(noteFilesAt(resolve(session.workingDirectory, path))))
  if (files.length > noteFilesMax) throw new Failure('usage', 'too_many_files', `more than ${noteFilesMax} files`)
  const queue = openQueue(options, session, true)
  const counts = { proposed: 0, known: 0, skipped: 0 }
  for (const file of files) {
    const { path } = file
    const submitted =
      'reason' in file
        ? undefined
        : queue.submit(
            {
              surface,
              agent: options.value('agent') ?? null,
              project: options.value('project') ?? null,
              operator: null,
              provenance: `file:${path}`,
              mail: null,
              tags: options.values('tag'),
              text: file.text,
            },
            session.clock.now(),
          )
    if (submitted?.ok !== true) {
      counts.skipped++
      session.output.complain(
        `not taken in: ${path} (${'reason' in file ? file.reason : (submitted?.error.code ?? '')})`,
      )
    } else if (submitted.value.isNew) counts.proposed++
    else counts.known++
  }
  if (session.output.json) session.output.data({ files: files.length, ...counts })
  else {
    session.output.write(`${counts.proposed} proposed, ${counts.known} known before, ${counts.skipped} skipped\n`)
    if (counts.proposed > 0) session.output.talk('next: postern librarian run')
  }
  return 'done'
}

/** What was named must be there; what stands below it may come and go. */
function present(files: readonly NoteFile[]): readonly NoteFile[] {
  const [first] = files
  if (first !== undefined && 'reason' in first && first.reason === 'missing') {
    throw new Failure('not_found', 'file_missing', `there is no ${first.path}`)
  }
  return files.filter(file => !('reason' in file && file.reason === 'link'))
}
