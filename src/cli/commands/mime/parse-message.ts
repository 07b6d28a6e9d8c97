import type { Exit } from '#base/failure.ts'
import { instant } from '#base/instant.ts'
import { printableJson } from '#base/printable.ts'
import {
  type Address,
  attachmentBytes,
  attachmentFileName,
  attachmentSha256,
  type ParsedMessage,
  type Part,
  parseMessage,
} from '#mail/mime/index.ts'
import { stripInvisible } from '#mail/render/index.ts'

export interface MimeParseInput {
  /** The message as it is in the file. */
  readonly bytes: Uint8Array
  readonly json: boolean
  readonly write: (text: string) => void
}

/** `postern mime parse FILE`: what the parser makes of a message. Every file is some message; there is no failure. */
export function run({ bytes, json, write }: MimeParseInput): Exit {
  const message = parseMessage(bytes)
  write(json ? `${printableJson(toWire(message, bytes), 2)}\n` : `${summaryOf(message).join('\n')}\n`)
  return 'done'
}

/** The message as JSON: snake_case, RFC 3339 in UTC, no absent lists. Attachments are decoded for their digest. */
export function toWire(message: ParsedMessage, raw: Uint8Array): Record<string, unknown> {
  return {
    headers: message.headers,
    from: message.from[0] === undefined ? null : toAddress(message.from[0]),
    authors: message.from.map(toAddress),
    sender: message.sender.map(toAddress),
    reply_to: message.replyTo.map(toAddress),
    to: message.to.map(toAddress),
    cc: message.cc.map(toAddress),
    bcc: message.bcc.map(toAddress),
    subject: message.subject,
    date: message.date === null ? null : instant(message.date.at),
    message_id: message.messageId === null ? null : `<${message.messageId}>`,
    in_reply_to: message.inReplyTo.map(id => `<${id}>`),
    references: message.references.map(id => `<${id}>`),
    list: {
      id: message.list.id,
      description: message.list.description,
      post: message.list.post,
      unsubscribe: message.list.unsubscribe,
      one_click: message.list.oneClick,
    },
    authentication_results: message.authenticationResults,
    text: message.text,
    text_source: message.textSource,
    html: message.html,
    attachments: message.attachments.map(attachment => ({
      part: attachment.part,
      filename: attachment.filename,
      save_as: attachmentFileName(attachment),
      content_type: attachment.contentType,
      disposition: attachment.disposition,
      content_id: attachment.contentId,
      inline: attachment.inline,
      size: attachmentBytes(raw, attachment).length,
      sha256: attachmentSha256(raw, attachment),
      message:
        attachment.message === null
          ? null
          : {
              subject: attachment.message.subject,
              from: attachment.message.from,
              date: attachment.message.at === null ? null : instant(attachment.message.at),
            },
    })),
    structure: toStructure(message.root),
    has_attachments: message.hasAttachments,
    is_list: message.isList,
    is_bulk: message.isBulk,
    is_auto: message.isAuto,
    calendar: message.calendar,
    report:
      message.report === null
        ? null
        : {
            type: message.report.type,
            fields: message.report.fields,
            recipients: message.report.recipients.map(each => ({
              final_recipient: each.finalRecipient,
              original_recipient: each.originalRecipient,
              action: each.action,
              status: each.status,
              diagnostic: each.diagnostic,
              remote_mta: each.remoteMta,
            })),
          },
    protection: message.protection,
    has_tnef: message.hasTnef,
    size: message.size,
    defects: message.defects,
  }
}

function toAddress(address: Address): Record<string, string | null> {
  const base = { name: address.name, email: address.email }
  return address.group === undefined ? base : { ...base, group: address.group }
}

function toStructure(part: Part): Record<string, unknown> {
  return {
    part: part.path,
    content_type: part.contentType,
    charset: part.charset,
    encoding: part.encoding,
    start: part.start,
    end: part.end,
    parts: part.children.map(toStructure),
  }
}

/** For a person at a terminal: nothing of the message reaches it that could be more than letters. */
function summaryOf(message: ParsedMessage): string[] {
  const people = (list: readonly Address[]): string =>
    list.map(({ name, email }) => (name === null ? email : `${name} <${email}>`)).join(', ')
  const rows: [string, string][] = [
    ['From', people(message.from)],
    ['To', people(message.to)],
    ['Cc', people(message.cc)],
    ['Subject', message.subject],
    ['Date', message.date === null ? '' : instant(message.date.at)],
    ['Message-ID', message.messageId ?? ''],
  ]
  const lines = rows.filter(([, value]) => value !== '').map(([name, value]) => `${name.padEnd(12)}${oneLine(value)}`)
  for (const attachment of message.attachments) {
    lines.push(
      `${'Attachment'.padEnd(12)}${oneLine(`${attachment.part}  ${attachment.contentType}  ${attachmentFileName(attachment)}`)}`,
    )
  }
  for (const { code, part, offset } of message.defects) {
    const place = [part === null ? '' : `part ${part}`, offset === null ? '' : `byte ${offset}`].filter(
      text => text !== '',
    )
    lines.push(`${'Defect'.padEnd(12)}${code}${place.length === 0 ? '' : ` (${place.join(', ')})`}`)
  }
  if (message.text !== null) lines.push('', stripInvisible(message.text).trimEnd())
  return lines
}

function oneLine(text: string): string {
  return stripInvisible(text).replace(/\s+/g, ' ')
}
