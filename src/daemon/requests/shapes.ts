import * as v from 'valibot'

/** What travels in several requests. Names are in snake_case, dates RFC 3339 in UTC, arrays are never null. */

const textMax = 4_000

export const text = v.pipe(v.string(), v.maxLength(textMax))
export const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
export const messageId = v.pipe(v.string(), v.regex(/^[0-9a-hjkmnp-tv-z]{10}$/i, 'no message id'))
/** That of a thread, or of any message in it. */
export const threadId = v.pipe(v.string(), v.regex(/^t?[0-9a-hjkmnp-tv-z]{10}$/i, 'no thread id'))
export const accounts = v.pipe(v.array(name), v.maxLength(100))
export const cursor = v.pipe(v.string(), v.maxLength(400))
export const instant = v.pipe(v.string(), v.isoTimestamp())
export const count = v.pipe(v.number(), v.integer(), v.minValue(0))
/** Chosen by the client, once per decision: the same key again gives the first answer again. */
export const clientKey = v.pipe(v.string(), v.minLength(8), v.maxLength(100))

export function limit(most: number, fallback: number) {
  return v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most)), fallback)
}

export const address = v.object({ name: v.nullable(v.string()), email: v.string() })
export const labelName = v.object({
  name: v.string(),
  kind: v.picklist(['folder', 'label', 'keyword']),
  role: v.nullable(v.string()),
})
export const flags = v.object({
  read: v.boolean(),
  starred: v.boolean(),
  draft: v.boolean(),
  sent: v.boolean(),
  trash: v.boolean(),
  spam: v.boolean(),
  archived: v.boolean(),
  answered: v.boolean(),
})

const messageEntries = {
  id: v.string(),
  thread_id: v.string(),
  account: v.string(),
  date: v.string(),
  from: v.nullable(address),
  to: v.array(address),
  cc: v.array(address),
  bcc: v.array(address),
  subject: v.string(),
  snippet: v.string(),
  message_id: v.string(),
  labels: v.array(labelName),
  flags,
  size: count,
  has_attachments: v.boolean(),
}
/** A message as lists show it. */
export const message = v.object(messageEntries)
export const threadMessage = v.object({ ...messageEntries, depth: count })

export const diagnostic = v.object({
  code: v.string(),
  severity: v.picklist(['error', 'warning']),
  position: count,
  length: count,
  message: v.string(),
  suggestion: v.optional(v.string()),
})

export const attachment = v.object({
  part: v.string(),
  filename: v.string(),
  content_type: v.string(),
  size: count,
  inline: v.boolean(),
})

export const label = v.object({
  account: v.string(),
  key: v.string(),
  name: v.string(),
  kind: v.picklist(['folder', 'label', 'keyword']),
  role: v.nullable(v.string()),
  total: count,
  unread: count,
})

export const done = v.object({})
