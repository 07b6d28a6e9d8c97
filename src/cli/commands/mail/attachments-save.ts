import { closeSync } from 'node:fs'
import { join, parse, resolve } from 'node:path'
import { Failure } from '#base/failure.ts'
import { attachmentBytes, attachmentFileName } from '#mail/mime/index.ts'
import type { Run } from '../../command.ts'
import { chooseAttachments } from './find-attachment.ts'
import { findMessage, rawOf } from './find-message.ts'
import { createNewFile, writeFully } from './new-file.ts'
import { withReader } from './open-store.ts'

const sameNameMax = 1000

export const run: Run = ({ positionals: [id = '', ...parts], options }, session) =>
  withReader(session, reader => {
    const directory = resolve(session.workingDirectory, options.value('dir') ?? '.')
    const raw = rawOf(reader, findMessage(reader, id))
    const saved = chooseAttachments(raw, id, parts).map(attachment => {
      const bytes = attachmentBytes(raw, attachment)
      return {
        part: attachment.part,
        file: saveAs(directory, attachmentFileName(attachment), bytes),
        size: bytes.length,
      }
    })
    const { output } = session
    if (output.json) output.data({ saved })
    else for (const { file } of saved) output.write(`${file}\n`)
    if (saved.length === 0) output.talk('the message has no attachments')
    return 'done'
  })

/**
 * Writes a new file under the first free one of `name`, `name (2)`… The sender chose the name: it has been made a
 * plain file name before.
 */
function saveAs(directory: string, name: string, bytes: Uint8Array): string {
  const { name: stem, ext } = parse(name)
  for (let copy = 1; copy <= sameNameMax; copy++) {
    const file = join(directory, copy === 1 ? name : `${stem} (${copy})${ext}`)
    const descriptor = createNewFile(file)
    if (descriptor === undefined) continue
    try {
      writeFully(descriptor, bytes, file)
    } finally {
      closeSync(descriptor)
    }
    return file
  }
  throw new Failure('failed', 'name_taken', `there are ${sameNameMax} files named ${name} already`)
}
