import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure } from '#base/failure.ts'
import { draftLimits } from '#librarian/drafts/draft.ts'
import { surfaceNamed } from '#librarian/surface.ts'
import type { Run } from '../../command.ts'
import { openQueue } from './queue.ts'

const filesMax = 10_000
const depthMax = 12
const suffixes = ['.md', '.markdown', '.txt', '.mem', '.org', '.rst']

/** Files become drafts, each once: what is here already in any state is not proposed again. Links are not followed. */
export const run: Run = async ({ positionals, options }, session) => {
  const surface = surfaceNamed(options.value('surface') ?? 'directory') ?? 'directory'
  const files = positionals.flatMap(path => filesBelow(resolve(session.workingDirectory, path), 0))
  if (files.length > filesMax) throw new Failure('usage', 'too_many_files', `more than ${filesMax} files`)
  const queue = openQueue(options, session, true)
  const counts = { proposed: 0, known: 0, skipped: 0 }
  for (const path of files) {
    const text = textOf(path)
    const submitted =
      text === undefined
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
              text,
            },
            session.clock.now(),
          )
    if (submitted?.ok !== true) {
      counts.skipped++
      session.output.complain(
        `not taken in: ${path} (${submitted?.error.code ?? 'no plain UTF-8 text of up to 1 MiB'})`,
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

function filesBelow(path: string, depth: number): readonly string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined && depth === 0) throw new Failure('not_found', 'file_missing', `there is no ${path}`)
  if (stat?.isFile() === true) return depth === 0 || suffixes.some(suffix => path.endsWith(suffix)) ? [path] : []
  if (stat?.isDirectory() !== true || depth >= depthMax) return []
  return readdirSync(path)
    .filter(name => !name.startsWith('.') && name !== 'node_modules')
    .sort()
    .slice(0, filesMax)
    .flatMap(name => filesBelow(join(path, name), depth + 1))
}

/** Undefined for what is no text of the size of a draft. */
function textOf(path: string): string | undefined {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const stat = fstatSync(descriptor)
      if (!stat.isFile() || stat.size > draftLimits.textBytesMax) return undefined
      return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(descriptor))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return undefined // told as skipped, by its path
  }
}
