import { type Attachment, attachmentBytes, attachmentFileName, type ParsedMessage } from '../mime/index.ts'

/** An attachment under a name that no other of the same message has, for a folder of its own. */
export interface SavedFile {
  readonly part: string
  readonly name: string
  readonly attachment: Attachment
  bytes(): Uint8Array
}

/** Embedded images too: a text that is exported may show them. */
export function savedFiles({ attachments }: ParsedMessage, raw: Uint8Array): SavedFile[] {
  const taken = new Set<string>()
  return attachments.map(attachment => {
    const name = free(attachmentFileName(attachment), taken)
    return { part: attachment.part, name, attachment, bytes: () => attachmentBytes(raw, attachment) }
  })
}

/** Case does not tell names apart on many file systems. */
function free(name: string, taken: Set<string>): string {
  const dot = name.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  let candidate = name
  for (let copy = 2; taken.has(candidate.toLowerCase()); copy++) candidate = `${stem} (${copy})${ending}`
  taken.add(candidate.toLowerCase())
  return candidate
}
