import * as v from 'valibot'
import { recipientsMax } from './mailbox.ts'

/**
 * What a person has written and not sent: the same shape on disk, on the socket and in the editor. Files lie beside
 * the store under their SHA-256, as they were when they were added.
 */
const line = v.pipe(v.string(), v.maxLength(1000), v.regex(/^[^\x00-\x08\x0a-\x1f\x7f]*$/, 'holds a line break'))
const email = v.pipe(v.string(), v.maxLength(320), v.regex(/^[\x21-\x7e]+@[\x21-\x7e]+$/, 'is no address'))
const mailbox = v.strictObject({ name: v.nullable(line), email })
const mailboxes = v.pipe(v.array(mailbox), v.maxLength(recipientsMax))
/** A Message-ID without its angle brackets, as it may stand in a header of ours. */
const headerId = v.pipe(v.string(), v.maxLength(900), v.regex(/^[\x21-\x3b\x3d\x3f-\x7e]+$/, 'is no message id'))

export const bodyCharactersMax = 1_000_000
export const draftFilesMax = 100

export const draftFile = v.strictObject({
  name: v.pipe(line, v.minLength(1), v.maxLength(255)),
  type: v.pipe(v.string(), v.maxLength(127), v.regex(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/)),
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
})

export const draftContent = v.strictObject({
  /** An address of one of the account's identities. */
  from: email,
  to: mailboxes,
  cc: mailboxes,
  bcc: mailboxes,
  subject: line,
  /** Markdown, signature and quote included. */
  body: v.pipe(v.string(), v.maxLength(bodyCharactersMax)),
  /** Send what Markdown says as HTML beside the text. */
  markup: v.boolean(),
  files: v.pipe(v.array(draftFile), v.maxLength(draftFilesMax)),
  /** What it answers or passes on; null for a new message. */
  answers: v.nullable(
    v.strictObject({
      kind: v.picklist(['reply', 'reply-all', 'forward']),
      /** The store's id of the message. */
      id: v.pipe(v.string(), v.maxLength(20)),
      parent: v.nullable(headerId),
      references: v.pipe(v.array(headerId), v.maxLength(100)),
      /** Who wrote it, and whom a reply to all should reach: what the checks compare with. */
      sender: v.nullable(v.string()),
      expected: v.pipe(v.array(v.string()), v.maxLength(recipientsMax)),
    }),
  ),
})

export type DraftContent = v.InferOutput<typeof draftContent>
export type DraftFile = v.InferOutput<typeof draftFile>

/** `d17`: how people name a draft. */
export function formatDraftId(id: number): string {
  return `d${id}`
}

export function parseDraftId(text: string): number | undefined {
  const found = /^d?([1-9]\d{0,14})$/i.exec(text.trim())
  return found === null ? undefined : Number(found[1])
}

/** A draft read back from disk: what we wrote, checked all the same. */
export function readDraftContent(json: string): DraftContent {
  return v.parse(draftContent, JSON.parse(json))
}
