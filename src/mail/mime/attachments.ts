import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { Embedded } from './body/embedded.ts'
import type { Selection } from './body/select.ts'
import { type Context, limitsWith, newContext } from './context.ts'
import { readAddresses } from './header/address.ts'
import { firstValue } from './header/block.ts'
import { readDate } from './header/date.ts'
import { decodePhrase } from './header/encoded-word.ts'
import { isWrapping } from './kinds/protection.ts'
import { isReportPart } from './kinds/report.ts'
import type { AttachedMessage, Attachment, Part } from './message.ts'
import { type Entity, fileNameOf } from './part/entity.ts'
import { decodedSize, decodeTransfer, type TransferEncoding } from './transfer/decode.ts'

/** Anything whose bytes lie between two offsets of the raw message: a part of the tree, an attachment. */
export interface Located {
  readonly encoding: TransferEncoding
  readonly start: number
  readonly end: number
}

/** The decoded bytes of a part or attachment of `raw`, the message that it was found in. Never throws. */
export function attachmentBytes(raw: Uint8Array, located: Located): Uint8Array {
  const whole = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const start = Math.max(0, Math.min(located.start, whole.length))
  const end = Math.max(start, Math.min(located.end, whole.length))
  const bytes = whole.subarray(start, end)
  if (located.encoding === 'identity') return bytes
  const context = newContext(bytes, bytes.toString('latin1'), limitsWith(undefined))
  return decodeTransfer(context, located.encoding, 0, bytes.length)
}

/** SHA-256 of the decoded bytes, in hexadecimal. */
export function attachmentSha256(raw: Uint8Array, located: Located): string {
  return createHash('sha256').update(attachmentBytes(raw, located)).digest('hex')
}

/** The part with that IMAP part number; undefined when there is none. */
export function partAt(root: Part, path: string): Part | undefined {
  if (root.path === path) return root
  for (const child of root.children) {
    const found = partAt(child, path)
    if (found !== undefined) return found
  }
  return undefined
}

/** `embedded`: the files that were found in text parts. */
export function listAttachments(
  context: Context,
  selection: Selection,
  embedded: ReadonlyMap<Entity, readonly Embedded[]>,
): Attachment[] {
  const list: Attachment[] = []
  for (const entity of selection.attachments) list.push(attachmentOf(context, entity, isInline(entity, selection)))
  for (const [entity, files] of embedded) {
    files.forEach((file, index) => {
      list.push(embeddedAttachment(context, entity, file, index + 1))
    })
  }
  return list
}

/** Whether there is a file that the person would look for. */
export function hasFiles(attachments: readonly Attachment[]): boolean {
  return attachments.some(each => !each.inline && !isWrapping(each.contentType) && !isReportPart(each.contentType))
}

function isInline(entity: Entity, selection: Selection): boolean {
  if (selection.alternatives.has(entity)) return true
  if (entity.disposition === 'attachment') return false
  // An image that the HTML shows where it wants to; without HTML the text shows it nowhere.
  return entity.contentId !== null && selection.html.some(part => part.type === 'text/html')
}

function attachmentOf(context: Context, entity: Entity, inline: boolean): Attachment {
  return {
    part: entity.path,
    filename: fileNameOf(entity),
    contentType: entity.type,
    disposition: entity.disposition,
    contentId: entity.contentId,
    contentLocation: entity.contentLocation,
    inline,
    size: decodedSize(context.text, entity.encoding, entity.bodyStart, entity.bodyEnd),
    encoding: entity.encoding,
    start: entity.bodyStart,
    end: entity.bodyEnd,
    message: attachedMessage(context, entity),
  }
}

function attachedMessage(context: Context, entity: Entity): AttachedMessage | null {
  const inner = entity.children[0]
  if (inner === undefined || !inner.isMessage) return null
  context.defects.enter(entity.path)
  const from = readAddresses(context, firstValue(inner.header, 'from'))[0]
  const date = firstValue(inner.header, 'date')
  return {
    subject: decodePhrase(context, firstValue(inner.header, 'subject') ?? ''),
    from: from === undefined ? '' : (from.name ?? from.email),
    at: date === undefined ? null : (readDate(context.defects, date)?.at ?? null),
  }
}

function embeddedAttachment(context: Context, entity: Entity, file: Embedded, number: number): Attachment {
  return {
    part: `${entity.path}#${number}`,
    filename: decodePhrase(context, file.filename),
    contentType: 'application/octet-stream',
    disposition: 'attachment',
    contentId: null,
    contentLocation: null,
    inline: false,
    size: decodedSize(context.text, file.encoding, file.start, file.end),
    encoding: file.encoding,
    start: file.start,
    end: file.end,
    message: null,
  }
}
