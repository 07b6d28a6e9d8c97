import { Buffer } from 'node:buffer'
import { type Mailbox, recipientsMax } from '../mailbox.ts'
import { mailboxField, plainField, textField } from './header.ts'
import { parameter } from './parameter.ts'
import { encodeBytes, encodeText } from './text-part.ts'

/** All that a message is made of. The same input gives the same bytes: time and chance come in. */
export interface OutgoingMessage {
  readonly from: Mailbox
  readonly to: readonly Mailbox[]
  readonly cc: readonly Mailbox[]
  readonly subject: string
  /** Without angle brackets. */
  readonly messageId: string
  /** RFC 5322 §3.3. */
  readonly date: string
  readonly inReplyTo: string | null
  readonly references: readonly string[]
  readonly text: string
  /** Null: the message is plain text. */
  readonly html: string | null
  readonly files: readonly OutgoingFile[]
  /** Letters and digits that occur nowhere else; the boundaries are made of it. */
  readonly boundarySeed: string
}

export interface OutgoingFile {
  readonly name: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

const referencesMax = 50
const filesMax = 100

/** Builds the bytes of a message (RFC 5322, 2045, 2046): 7-bit throughout, so that no server has a reason to change them. */
export function buildMessage(message: OutgoingMessage): Uint8Array {
  if (message.to.length + message.cc.length > recipientsMax) throw new RangeError('too many recipients')
  if (message.files.length > filesMax) throw new RangeError('too many files')
  const text = alternative(message)
  const root = message.files.length === 0 ? text : multipart('mixed', [text, ...message.files.map(filePart)], message)
  return Buffer.concat([Buffer.from(headers(message), 'latin1'), Buffer.from(root, 'latin1')])
}

function headers(message: OutgoingMessage): string {
  const { inReplyTo, references } = message
  return [
    mailboxField('From', [message.from]),
    message.to.length > 0 ? mailboxField('To', message.to) : '',
    message.cc.length > 0 ? mailboxField('Cc', message.cc) : '',
    // Without anybody named a message still says to whom it went, as RFC 5322 §3.6.3 lets it: to an empty group.
    message.to.length + message.cc.length === 0 ? 'To: undisclosed-recipients:;\r\n' : '',
    textField('Subject', message.subject),
    plainField('Date', message.date.split(' ')),
    plainField('Message-ID', [`<${message.messageId}>`]),
    inReplyTo === null ? '' : plainField('In-Reply-To', [`<${inReplyTo}>`]),
    references.length === 0
      ? ''
      : plainField(
          'References',
          kept(references).map(id => `<${id}>`),
        ),
    'MIME-Version: 1.0\r\n',
  ].join('')
}

/** The first and the latest, where there are more than a header should hold. */
function kept(references: readonly string[]): readonly string[] {
  return references.length <= referencesMax
    ? references
    : [...references.slice(0, 1), ...references.slice(1 - referencesMax)]
}

function alternative(message: OutgoingMessage): string {
  const plain = textPart('plain', message.text)
  if (message.html === null) return plain
  return multipart('alternative', [plain, textPart('html', message.html)], message)
}

function textPart(subtype: 'plain' | 'html', text: string): string {
  const { encoding, body } = encodeText(text)
  return `Content-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`
}

function filePart(file: OutgoingFile): string {
  const name = parameter('filename', file.name)
  // An attached message may not be base64 (RFC 2046 §5.2.1); one that is not 7-bit goes as a file of bytes.
  if (file.contentType === 'message/rfc822' && isSevenBit(file.bytes)) {
    const bytes = Buffer.from(file.bytes).toString('latin1')
    const ended = bytes.endsWith('\r\n') ? bytes : `${bytes}\r\n`
    return `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\nContent-Disposition: attachment${name}\r\n\r\n${ended}`
  }
  const type = file.contentType === 'message/rfc822' ? 'application/octet-stream' : file.contentType
  if (!/^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/.test(type))
    throw new TypeError('no media type')
  return `Content-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment${name}\r\n\r\n${encodeBytes(file.bytes)}`
}

const lineBytesMax = 998

function isSevenBit(bytes: Uint8Array): boolean {
  let column = 0
  for (const [index, byte] of bytes.entries()) {
    if (byte === 0 || byte > 0x7f) return false
    if (byte === 0x0a) {
      if (bytes[index - 1] !== 0x0d) return false
      column = 0
    } else if (byte === 0x0d && bytes[index + 1] !== 0x0a) return false
    else if (++column > lineBytesMax) return false
  }
  return true
}

/** The seed is 128 random bits, and `=_` stands in no base64 or quoted-printable line: no part can hold the boundary. */
function multipart(
  subtype: 'mixed' | 'alternative',
  parts: readonly string[],
  { boundarySeed }: OutgoingMessage,
): string {
  if (!/^[A-Za-z0-9]{16,40}$/.test(boundarySeed)) throw new TypeError('no seed for boundaries')
  const boundary = `=_${subtype}_${boundarySeed}`
  const body = parts.map(part => `--${boundary}\r\n${part}\r\n`).join('')
  return `Content-Type: multipart/${subtype};\r\n boundary="${boundary}"\r\n\r\n${body}--${boundary}--\r\n`
}
