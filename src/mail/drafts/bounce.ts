import { attachmentBytes, type ParsedMessage, parseMessage } from '../mime/index.ts'
import type { Bounce } from './bounce-rows.ts'

const headersBytesMax = 256 * 1024
const recipientsMax = 100

/**
 * What a delivery report (RFC 3464) says of a message of ours: which one, and of whom. Pure. Empty for every other
 * message, and for reports that do not say which message they are about.
 */
export function bouncesIn(raw: Uint8Array): Omit<Bounce, 'account'>[] {
  const parsed = parseMessage(raw)
  const { report } = parsed
  if (report === null || report.type !== 'delivery-status') return []
  const messageId = originalMessageId(raw, parsed)
  if (messageId === undefined) return []
  return report.recipients
    .slice(0, recipientsMax)
    .flatMap(({ finalRecipient, originalRecipient, action, status, diagnostic }) => {
      if (action !== 'failed' && action !== 'delayed') return []
      // The address that we wrote to is the original one; the final one is where forwarding led.
      return [...new Set([originalRecipient, finalRecipient])].flatMap(recipient =>
        recipient === null
          ? []
          : [{ messageId, recipient, action, code: status, detail: diagnostic?.slice(0, 300) ?? null }],
      )
    })
}

/** The returned message, or its headers, is a part of the report (RFC 6522 §3). */
function originalMessageId(raw: Uint8Array, { attachments }: ParsedMessage): string | undefined {
  for (const attachment of attachments) {
    if (!/^(?:message\/(?:rfc822|global)(?:-headers)?|text\/rfc822-headers)$/.test(attachment.contentType)) continue
    const { messageId } = parseMessage(attachmentBytes(raw, attachment).subarray(0, headersBytesMax))
    if (messageId !== null) return messageId
  }
  return undefined
}
