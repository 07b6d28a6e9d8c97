import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '#base/failure.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import { writePrivateFile } from '#base/private-file.ts'
import type { DaemonClient } from '#daemon/client/index.ts'
import {
  type DocumentProblem,
  type DraftContent,
  type DraftText,
  parseDocument,
  printDocument,
} from '#mail/compose/index.ts'
import { asking } from '../../ask.ts'
import { openEditor } from '../../editor.ts'
import type { Session } from '../../session.ts'
import { granted } from '../../with-daemon.ts'
import { attach } from './draft-of.ts'

const triesMax = 100

/**
 * Lets the person write in their editor. The text lies beside the store from before the editor opens until the draft
 * has it: whatever dies in between, the next `draft edit` goes on with it.
 */
export async function editDraft(session: Session, client: DaemonClient, id: number): Promise<void> {
  const { output } = session
  const file = editingFile(session, id)
  const { content, revision } = granted(await client.request('draft.show', { draft_id: id }))
  if (existsSync(file)) output.talk(`going on with what was being written (${file})`)
  else {
    ensurePrivateDirectory(join(session.paths.dataDir, 'editing'), session.paths.homeDir)
    writePrivateFile(file, printDocument(content))
  }
  const changed = await written(session, file, content)
  const saved = await client.request('draft.save', { draft_id: id, revision, content: changed })
  if (!saved.ok) {
    throw new Failure('failed', saved.error.code, `${saved.error.message}; what you wrote is in ${file}`, {
      next: `postern draft edit d${id}`,
    })
  }
  rmSync(file, { force: true })
}

/** Whether an editor left something that the draft does not have. */
export function hasUnsaved(session: Session, id: number): boolean {
  return existsSync(editingFile(session, id))
}

export function forgetUnsaved(session: Session, id: number): void {
  rmSync(editingFile(session, id), { force: true })
}

function editingFile({ paths }: Session, id: number): string {
  return join(paths.dataDir, 'editing', `d${id}.md`)
}

async function written(session: Session, file: string, before: DraftContent): Promise<DraftContent> {
  for (let tries = 0; tries < triesMax; tries++) {
    openEditor(session, { file, line: firstBodyLine(readFileSync(file, 'utf8')) })
    const text = readFileSync(file, 'utf8')
    const parsed = parseDocument(text)
    if (parsed.ok) return merged(session, before, parsed.value)
    for (const { message } of parsed.error) session.output.complain(message)
    writePrivateFile(file, withProblems(text, parsed.error))
    const isAgain = session.input.isTerminal && asking(session).yes('Edit again?', { option: '', standard: true })
    if (isAgain) continue
    throw new Failure('usage', 'draft_invalid', `the draft was not changed; what you wrote is in ${file}`)
  }
  throw new Failure('failed', 'draft_invalid', `the draft was not changed; what you wrote is in ${file}`)
}

function merged(session: Session, before: DraftContent, { attach: names, ...text }: DraftText): DraftContent {
  const files = names.map(name => before.files.find(file => file.name === name) ?? attach(session, name))
  return {
    ...before,
    ...text,
    from: text.from === '' ? before.from : text.from,
    to: [...text.to],
    cc: [...text.cc],
    bcc: [...text.bcc],
    files,
  }
}

function withProblems(text: string, problems: readonly DocumentProblem[]): string {
  const lines = text.split('\n').filter(line => !line.startsWith('# ! '))
  const notes = problems.map(({ message }) => `# ! ${message}`)
  return lines[0] === '---' ? ['---', ...notes, ...lines.slice(1)].join('\n') : text
}

function firstBodyLine(text: string): number {
  return text.split('\n').indexOf('---', 1) + 2
}
