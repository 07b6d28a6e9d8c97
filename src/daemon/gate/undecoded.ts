import { attachmentBytes, parseMessage } from '#mail/mime/index.ts'
import { renderHtml, renderPlain } from '#mail/render/index.ts'
import { parseMessageId } from '#mail/store/index.ts'
import type { Core } from '../part.ts'
import type { RequestName } from '../requests/index.ts'
import type { CheckedParams } from './scopes.ts'

/** What an answer tells that cannot be seen in its strings; `unknown` where it cannot be looked into at all. */
export interface Undecoded {
  readonly id: string
  readonly text: string
  readonly isUnknown: boolean
}

/**
 * The words in what is handed out encoded: base64 of a source or a file, text between tags. Whoever decodes them has
 * read the words, so the words count, and all of them: of pages that are small enough none would show a word.
 */
export function undecodedIn(core: Core, name: RequestName, params: CheckedParams): Undecoded | undefined {
  const isWhole = name === 'mail.raw' || (name === 'mail.read' && params.view === 'html')
  if (!isWhole && name !== 'mail.attachment') return undefined
  const id = String(params.id)
  const parsed = parseMessageId(id)
  const raw = parsed === undefined ? undefined : core.reader.raw(parsed)
  if (raw?.ok !== true) return undefined
  const message = parseMessage(raw.value, { textFromHtml: false })
  if (isWhole) {
    const html = message.html === null ? '' : renderHtml(message.html, { mode: 'markdown' }).text
    const text = [message.subject, message.text === null ? '' : renderPlain(message.text).text, html].join('\n')
    return { id, text, isUnknown: name === 'mail.raw' && message.attachments.length > 0 }
  }
  const attachment = message.attachments.find(({ part }) => part === params.part)
  if (attachment === undefined) return undefined
  const bytes = Buffer.from(attachmentBytes(raw.value, attachment))
  const text = bytes.toString('utf8')
  // Bytes that are no text hold words that only their program finds.
  return { id, text, isUnknown: bytes.includes(0) || text.includes('\ufffd') }
}
