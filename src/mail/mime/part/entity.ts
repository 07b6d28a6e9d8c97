import type { Context } from '../context.ts'
import { type HeaderBlock, type IsDelimiter, rawValue, readHeaderBlock } from '../header/block.ts'
import { decodeHeader } from '../header/encoded-word.ts'
import { type Parameters, readParameters } from '../header/parameters.ts'
import { type TransferEncoding, transferEncodingNamed } from '../transfer/decode.ts'

/** A node of the part tree while a message is read: its headers understood, its body as offsets. */
export interface Entity {
  /** IMAP part number (RFC 9051 §6.4.5): `1.2`. Empty for a multipart that is the whole message. */
  path: string
  readonly header: HeaderBlock
  /** `text/plain`; lower case. */
  type: string
  readonly parameters: Parameters
  readonly disposition: string | null
  readonly dispositionParameters: Parameters
  readonly encoding: TransferEncoding
  readonly contentId: string | null
  readonly contentLocation: string | null
  readonly bodyStart: number
  bodyEnd: number
  /** Parts of a multipart; the one attached message of a message/rfc822. */
  readonly children: Entity[]
  /** Whether it is a message of its own: the root, and what a message/rfc822 holds. */
  readonly isMessage: boolean
}

const none: Parameters = new Map()

const typePattern = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z{}-]{1,127})\s*\/\s*([!#$%&'*+.^_`|~0-9A-Za-z{}-]{1,127})/

/** Reads the header at `start` and what it says of the body. `defaultType` is what a missing Content-Type means. */
export function readEntity(
  context: Context,
  start: number,
  end: number,
  place: { path: string; defaultType: string; isMessage: boolean; isDelimiter?: IsDelimiter },
): Entity {
  context.defects.enter(place.path === '' ? null : place.path)
  const header = readHeaderBlock(context, start, end, place.isDelimiter)
  let contentType: string | undefined
  let disposition: string | undefined
  let transfer: string | undefined
  let contentId: string | undefined
  let contentLocation: string | undefined
  for (const field of header.fields) {
    if (field.known === 'content-type') contentType ??= rawValue(header, field)
    else if (field.known === 'content-disposition') disposition ??= rawValue(header, field)
    else if (field.known === 'content-transfer-encoding') transfer ??= rawValue(header, field)
    else if (field.known === 'content-id') contentId ??= rawValue(header, field)
    else if (field.known === 'content-location') contentLocation ??= rawValue(header, field)
  }
  const { type, parameters } = readContentType(context, contentType, place.defaultType)
  const dispositionName = disposition === undefined ? null : dispositionNamed(disposition)
  return {
    path: place.path,
    header,
    type,
    parameters,
    disposition: dispositionName,
    dispositionParameters:
      disposition === undefined ? none : readParameters(context, disposition, afterName(disposition)),
    encoding: readEncoding(context, transfer, type, header.bodyStart),
    contentId: contentId === undefined ? null : cleanContentId(contentId),
    contentLocation: contentLocation === undefined ? null : decodeHeader(context, contentLocation).replace(/\s+/g, ''),
    bodyStart: header.bodyStart,
    bodyEnd: header.bodyStart,
    children: [],
    isMessage: place.isMessage,
  }
}

function readContentType(
  context: Context,
  value: string | undefined,
  defaultType: string,
): { type: string; parameters: Parameters } {
  if (value === undefined) return { type: defaultType, parameters: none }
  const match = typePattern.exec(value)
  if (match === null) {
    // RFC 2045 §5.2: what cannot be understood is text/plain. `Content-Type: text` was usual once, and is no defect.
    if (value.trim().toLowerCase() !== 'text') context.defects.add('content_type_malformed')
    return { type: 'text/plain', parameters: readParameters(context, value, afterName(value)) }
  }
  const type = `${match[1]}/${match[2]}`.toLowerCase()
  return { type, parameters: readParameters(context, value, match[0].length) }
}

/** Any disposition but `inline` is an attachment (RFC 2183 §2.8); a missing name is none at all. */
function dispositionNamed(value: string): string | null {
  const name = /^\s*"?([A-Za-z0-9_-]+)/.exec(value)?.[1]?.toLowerCase()
  return name === undefined || afterName(value) === 0 ? null : name
}

function afterName(value: string): number {
  const semicolon = value.indexOf(';')
  const name = semicolon < 0 ? value.length : semicolon
  return value.slice(0, name).includes('=') ? 0 : name
}

function readEncoding(context: Context, value: string | undefined, type: string, offset: number): TransferEncoding {
  if (value === undefined) return 'identity'
  const encoding = transferEncodingNamed(value)
  if (encoding === undefined) {
    context.defects.add('encoding_unknown', offset)
    return 'identity'
  }
  // RFC 2045 §6.4: a multipart is never encoded as a whole; who says so means its parts.
  if (encoding !== 'identity' && type.startsWith('multipart/')) {
    context.defects.add('multipart_encoded', offset)
    return 'identity'
  }
  return encoding
}

function cleanContentId(value: string): string | null {
  const id = value
    .trim()
    .replace(/^</, '')
    .replace(/>[^>]*$/, '')
    .replace(/[\s\x00-\x1f\x7f]+/g, '')
  return id === '' ? null : id
}

/** The name of the file it holds, decoded but not made safe; null when none is given. */
export function fileNameOf(entity: Entity): string | null {
  const name = entity.dispositionParameters.get('filename') ?? entity.parameters.get('name')
  return name === undefined || name === '' ? null : name
}

export function isMultipart(entity: Entity): boolean {
  return entity.type.startsWith('multipart/')
}

/** A message inside of a message, whose own structure is read too. Encoded ones are read on demand only. */
export function isAttachedMessage(entity: Entity): boolean {
  return (entity.type === 'message/rfc822' || entity.type === 'message/global') && entity.encoding === 'identity'
}
