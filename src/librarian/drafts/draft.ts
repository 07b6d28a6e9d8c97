import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'
import { err, ok, type Result } from '#base/result.ts'
import { type SurfaceName, surfaceNames } from '../surface.ts'

/**
 * A memory draft: untrusted text that waits for the librarian, with where it came from. Its id follows from what it
 * says and from where, so that the same thing proposed twice is one draft; when it came does not count.
 */
export interface Draft {
  readonly id: string
  readonly surface: SurfaceName
  readonly agent: string | null
  readonly project: string | null
  readonly operator: string | null
  /** `file:`, `mail:`, `mcp:`, `cli:`, `quorum:` or `session:`; from where a person can go back to the source. */
  readonly provenance: string | null
  readonly mail: MailProvenance | null
  readonly tags: readonly string[]
  readonly submittedAt: number
  readonly text: string
}

/** Leads from a memory back to the message that it came from. */
export interface MailProvenance {
  readonly account: string
  /** The id in the mail store. */
  readonly message: string
  /** RFC 5322 Message-ID, without angle brackets. */
  readonly messageId: string
  readonly part: string
  readonly from: string
  readonly authentication: 'pass' | 'fail' | 'none'
}

export type NewDraft = Omit<Draft, 'id' | 'submittedAt'>

export const draftLimits = {
  textBytesMax: 1024 ** 2,
  fieldLengthMax: 1_000,
  tagsMax: 32,
  fileBytesMax: 2 * 1024 ** 2 + 64 * 1024,
} as const

export type DraftError = { readonly code: DraftErrorCode; readonly message: string }
export type DraftErrorCode =
  | 'draft_empty'
  | 'draft_too_large'
  | 'draft_field_invalid'
  | 'draft_unreadable'
  | 'draft_schema'
  | 'draft_id_mismatch'

/** Fields are checked before they are hashed or written: a line of output is never forged by one of them. */
export function newDraft(given: NewDraft, submittedAt: number): Result<Draft, DraftError> {
  if (given.text.trim() === '') return refuse('draft_empty', 'the draft says nothing')
  if (Buffer.byteLength(given.text) > draftLimits.textBytesMax) {
    return refuse('draft_too_large', `a draft has at most ${draftLimits.textBytesMax} bytes`)
  }
  if (!given.text.isWellFormed()) return refuse('draft_field_invalid', 'the text has lone surrogates')
  const fields = [
    given.agent,
    given.project,
    given.operator,
    given.provenance,
    ...given.tags,
    ...mailFields(given.mail),
  ]
  if (given.tags.length > draftLimits.tagsMax)
    return refuse('draft_field_invalid', `at most ${draftLimits.tagsMax} tags`)
  for (const field of fields) {
    if (field !== null && !isPlain(field)) {
      return refuse('draft_field_invalid', 'a field has control characters, or is longer than 1,000 characters')
    }
  }
  const draft = { ...given, tags: [...given.tags], submittedAt }
  return ok({ id: idOf(draft), ...draft })
}

/** 32 hex digits over text and origin, each part with its length: no two lists of fields give the same bytes. */
export function idOf({ text, surface, agent, project, operator, provenance, mail }: Omit<Draft, 'id'>): string {
  const hash = createHash('sha256')
  for (const part of [text, surface, agent, project, operator, provenance, ...mailFields(mail)]) {
    hash.update(part === null ? '-' : `${Buffer.byteLength(part)}:`).update(part ?? '')
  }
  return hash.digest('hex').slice(0, 32)
}

const schemaVersion = 3
const field = v.nullable(v.pipe(v.string(), v.maxLength(draftLimits.fieldLengthMax)))
const envelope = v.strictObject({
  schema_version: v.literal(schemaVersion),
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  source_surface: v.picklist(surfaceNames),
  source_agent: field,
  source_project: field,
  operator: field,
  provenance_uri: field,
  mail: v.nullable(
    v.strictObject({
      account: v.string(),
      message: v.string(),
      message_id: v.string(),
      part: v.string(),
      from: v.string(),
      authentication: v.picklist(['pass', 'fail', 'none']),
    }),
  ),
  context_tags: v.pipe(v.array(v.string()), v.maxLength(draftLimits.tagsMax)),
  submitted_at_unix_ms: v.pipe(v.number(), v.integer(), v.minValue(0)),
  raw_text: v.string(),
  mac: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
})

/**
 * The file of a draft. `key` is the data directory's own: a file that was put there or changed by something else does
 * not carry its code, and is not taken for what it says it is.
 */
export function encodeDraft(draft: Draft, key: Uint8Array): string {
  const body = bodyOf(draft)
  return `${JSON.stringify({ ...body, mac: macOf(body, key) }, null, 2)}\n`
}

/** Only what `encodeDraft` wrote under the same key; anything else is refused with the reason. */
export function decodeDraft(bytes: Uint8Array, key: Uint8Array): Result<Draft, DraftError> {
  if (bytes.length > draftLimits.fileBytesMax) return refuse('draft_too_large', 'the file is too large for a draft')
  const parsed = v.safeParse(envelope, jsonOf(bytes))
  if (!parsed.success) return refuse('draft_schema', 'the file is no draft of this version')
  const { mac, ...body } = parsed.output
  const { mail } = body
  const checked = newDraft(
    {
      surface: body.source_surface,
      agent: body.source_agent,
      project: body.source_project,
      operator: body.operator,
      provenance: body.provenance_uri,
      mail: mail === null ? null : { ...mail, messageId: mail.message_id },
      tags: body.context_tags,
      text: body.raw_text,
    },
    body.submitted_at_unix_ms,
  )
  if (!checked.ok) return checked
  const draft = { ...checked.value, mail: mail === null ? null : mailOf(checked.value) }
  if (draft.id !== body.id) return refuse('draft_id_mismatch', 'the id is not that of the text')
  const expected = macOf(bodyOf(draft), key)
  if (!timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) {
    return refuse('draft_unreadable', 'the file was not written by this Postern')
  }
  return ok(draft)
}

function bodyOf(draft: Draft) {
  const { mail } = draft
  return {
    schema_version: schemaVersion,
    id: draft.id,
    source_surface: draft.surface,
    source_agent: draft.agent,
    source_project: draft.project,
    operator: draft.operator,
    provenance_uri: draft.provenance,
    mail:
      mail === null
        ? null
        : {
            account: mail.account,
            message: mail.message,
            message_id: mail.messageId,
            part: mail.part,
            from: mail.from,
            authentication: mail.authentication,
          },
    context_tags: draft.tags,
    submitted_at_unix_ms: draft.submittedAt,
    raw_text: draft.text,
  }
}

function mailOf({ mail }: Draft): MailProvenance | null {
  if (mail === null) return null
  const { account, message, messageId, part, from, authentication } = mail
  return { account, message, messageId, part, from, authentication }
}

function macOf(body: ReturnType<typeof bodyOf>, key: Uint8Array): string {
  return createHmac('sha256', key).update(JSON.stringify(body)).digest('hex')
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

function mailFields(mail: MailProvenance | null): readonly string[] {
  if (mail === null) return []
  return [mail.account, mail.message, mail.messageId, mail.part, mail.from, mail.authentication]
}

function isPlain(text: string): boolean {
  return text.length <= draftLimits.fieldLengthMax && text.isWellFormed() && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)
}

function refuse(code: DraftErrorCode, message: string): Result<never, DraftError> {
  return err({ code, message })
}
