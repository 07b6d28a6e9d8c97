import { Buffer } from 'node:buffer'
import { bidiMarks, zeroWidthMarks } from '../render/index.ts'

const bytesMax = 220
const extensionBytesMax = 16
const fallbackName = 'attachment'

/** Device names of Windows, alone or before an extension. */
const reserved = /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)(?:\.|$)/i
const separatorOrControl = /[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u2028\u2029]/g
/** Marks that reverse or hide characters: `gpj.exe` must not read as `exe.jpg`. */
const invisible = new RegExp(`[${bidiMarks}${zeroWidthMarks}\\u200c\\u200d]`, 'g')

/**
 * A name that can be given to a file on any system (mail-13 §7): one path component, no control, bidi or zero-width
 * characters, no leading dot, no device name, at most 220 bytes with its extension kept. It says nothing of whether
 * such a file exists already.
 */
export function safeFileName(name: string | null, fallback = fallbackName): string {
  const last =
    (name ?? '')
      .normalize('NFC')
      .split(/[/\\]/)
      .findLast(part => part.trim() !== '') ?? ''
  const clean = last
    .replace(invisible, '')
    .replace(separatorOrControl, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+/, '')
    .slice(0, bytesMax * 2)
    .replace(/[. ]+$/, '')
  if (clean === '' || /^_+$/.test(clean)) return fallback
  return shortened(reserved.test(clean) ? `${fallback}-${clean}` : clean)
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= bytesMax) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 ? name.slice(dot) : ''
  const kept = extension.length > 1 && Buffer.byteLength(extension) <= extensionBytesMax ? extension : ''
  let stem = ''
  let left = bytesMax - Buffer.byteLength(kept)
  for (const character of name.slice(0, name.length - kept.length)) {
    left -= Buffer.byteLength(character)
    if (left < 0) break
    stem += character
  }
  return stem + kept
}

const extensions: Readonly<Record<string, string>> = {
  'message/rfc822': 'eml',
  'message/global': 'eml',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/calendar': 'ics',
  'text/csv': 'csv',
  'text/vcard': 'vcf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/json': 'json',
  'application/ms-tnef': 'dat',
  'application/pgp-signature': 'asc',
  'application/pkcs7-signature': 'p7s',
  'application/pkcs7-mime': 'p7m',
}

/** A safe name for an attachment, made up from what it is where the sender gave none. */
export function attachmentFileName(attachment: {
  readonly part: string
  readonly filename: string | null
  readonly contentType: string
  readonly message: { readonly subject: string } | null
}): string {
  if (attachment.filename !== null) return safeFileName(attachment.filename)
  const extension = Object.hasOwn(extensions, attachment.contentType) ? extensions[attachment.contentType] : undefined
  const subject = attachment.message?.subject.replaceAll(/[/\\]/g, '_') ?? ''
  const stem = subject === '' ? `${fallbackName}-${attachment.part.replaceAll(/[^0-9.]/g, '-')}` : subject
  return safeFileName(extension === undefined ? stem : `${stem}.${extension}`)
}
