/**
 * MIME: raw bytes of a message → what it says, for every source of mail alike.
 *
 * Lives here: headers, the part tree, charsets and transfer encodings, the choice of the body, attachments as
 * offsets into the bytes, and a list of what was wrong. `parseMessage` reads everything for a person or an export,
 * `parseForIndex` only what a store keeps.
 *
 * May never happen here: a throw, a loop without a maximum, work that grows faster than the message, a file name
 * or an address that was made more trustworthy than it is, a remote fetch, decoding that nobody asked for. Everything
 * that comes out was written by whoever sent the message.
 */
export { attachmentBytes, attachmentSha256, type Located, partAt } from './attachments.ts'
export type { Defect, DefectCode } from './defect.ts'
export type { Envelope } from './envelope.ts'
export { attachmentFileName, safeFileName } from './file-name.ts'
export type { Address } from './header/address.ts'
export type { MessageDate } from './header/date.ts'
export type { ListHeaders } from './header/list.ts'
export { type IndexedMessage, parseForIndex, type Unsubscribe } from './index-message.ts'
export type { CalendarFacts } from './kinds/calendar.ts'
export type { Protection } from './kinds/protection.ts'
export type { Report, ReportRecipient } from './kinds/report.ts'
export { type MimeLimits, mimeLimits } from './limits.ts'
export type { AttachedMessage, Attachment, Header, MessageTraits, ParsedMessage, Part, TextSource } from './message.ts'
export { type ParseOptions, parseMessage } from './parse.ts'
export type { TransferEncoding } from './transfer/decode.ts'
