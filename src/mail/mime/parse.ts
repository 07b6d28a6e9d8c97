import type { Buffer } from 'node:buffer'
import { hasFiles, listAttachments } from './attachments.ts'
import { composeBody } from './body/compose.ts'
import { readText } from './body/text.ts'
import { type Context, newContext } from './context.ts'
import { type Envelope, readEnvelope } from './envelope.ts'
import { fieldName, rawValue, unfold } from './header/block.ts'
import { decodeHeader } from './header/encoded-word.ts'
import { type CalendarFacts, readCalendar } from './kinds/calendar.ts'
import { inlinePgp, isTnef, type Protection, protectionOf } from './kinds/protection.ts'
import { type Report, readReport, reportPart } from './kinds/report.ts'
import type { MimeLimits } from './limits.ts'
import type { Header, ParsedMessage, Part } from './message.ts'
import { type Entity, fileNameOf } from './part/entity.ts'
import { readMessage } from './read.ts'
import { decodeTransfer } from './transfer/decode.ts'

export interface ParseOptions {
  readonly limits?: Partial<MimeLimits>
  /** Whether `text` is made from HTML where no plain text was sent; yes unless told otherwise. */
  readonly textFromHtml?: boolean
}

/** Reads a whole message for a person, an export or a program. Never throws; linear in the size of the message. */
export function parseMessage(raw: Uint8Array, options: ParseOptions = {}): ParsedMessage {
  const read = readMessage(raw, options.limits)
  const { context, root, selection } = read
  context.defects.enter(null)
  const envelope: Envelope = readEnvelope(context, root.header)
  const headers = readHeaders(context, root)
  const attachments = listAttachments(context, selection, read.embedded)
  const body = composeBody(read, options.textFromHtml ?? true)
  context.defects.enter(null)
  const calendar = calendarOf(context, root)
  const report = reportOf(context, root)
  const protection = protectionOf(root) ?? (body.text === null ? null : inlinePgp(body.text))
  return {
    headers,
    ...envelope,
    ...body,
    textBody: selection.text.map(entity => entity.path),
    htmlBody: selection.html.map(entity => entity.path),
    attachments,
    root: partOf(root),
    calendar,
    report,
    protection,
    ...traitsOf(calendar, report, protection),
    hasAttachments: hasFiles(attachments),
    hasTnef: someEntity(root, isTnef),
    defects: context.defects.list,
    size: raw.byteLength,
  }
}

function traitsOf(
  calendar: CalendarFacts | null,
  report: Report | null,
  protection: Protection | null,
): { isCalendar: boolean; isReport: boolean; isSigned: boolean; isEncrypted: boolean } {
  return {
    isCalendar: calendar !== null,
    isReport: report !== null,
    isSigned: protection?.signed ?? false,
    isEncrypted: protection?.encrypted ?? false,
  }
}

function readHeaders(context: Context, root: Entity): Header[] {
  const { header } = root
  const isClean = isPrintable(context.bytes.subarray(header.start, header.start + header.text.length))
  return header.fields.map(field => {
    const raw = rawValue(header, field)
    const isPlain = isClean && !raw.includes('=?')
    return { name: fieldName(header, field), value: isPlain ? unfold(raw).trimEnd() : decodeHeader(context, raw) }
  })
}

/** Nothing but printable ASCII, tabs and line ends: there is nothing to decode and nothing to take out. */
function isPrintable(bytes: Uint8Array): boolean {
  const { length } = bytes
  for (let index = 0; index < length; index++) {
    const byte = bytes[index] ?? 0
    if ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x09) continue
    if (byte !== 0x0d || bytes[index + 1] !== 0x0a) return false
  }
  return true
}

export function calendarOf(context: Context, root: Entity): CalendarFacts | null {
  const entity = findEntity(root, isCalendarPart)
  if (entity === undefined) return null
  return readCalendar(entity.path, entity.parameters.get('method'), readText(context, entity))
}

export function isCalendarPart(entity: Entity): boolean {
  return entity.type === 'text/calendar' || entity.type === 'application/ics'
}

const reportBytesMax = 256 * 1024

export function reportOf(context: Context, root: Entity): Report | null {
  const entity = reportPart(root)
  if (entity === undefined) return null
  const end = Math.min(entity.bodyEnd, entity.bodyStart + reportBytesMax)
  const bytes: Buffer = decodeTransfer(context, entity.encoding, entity.bodyStart, end)
  return readReport(newContext(bytes, bytes.toString('latin1'), context.limits), entity.type)
}

/** The first part, in order, that fits; attached messages are not looked into. */
export function findEntity(entity: Entity, fits: (entity: Entity) => boolean): Entity | undefined {
  if (fits(entity)) return entity
  for (const child of entity.children) {
    const found = child.isMessage ? undefined : findEntity(child, fits)
    if (found !== undefined) return found
  }
  return undefined
}

export function someEntity(entity: Entity, fits: (entity: Entity) => boolean): boolean {
  return findEntity(entity, fits) !== undefined
}

function partOf(entity: Entity): Part {
  return {
    path: entity.path,
    contentType: entity.type,
    charset: entity.parameters.get('charset') ?? null,
    disposition: entity.disposition,
    filename: fileNameOf(entity),
    contentId: entity.contentId,
    encoding: entity.encoding,
    headerStart: entity.header.start,
    start: entity.bodyStart,
    end: entity.bodyEnd,
    children: entity.children.map(partOf),
  }
}
