import type { Context } from '../context.ts'
import { fieldName, rawValue, readHeaderBlock } from '../header/block.ts'
import { decodeHeader } from '../header/encoded-word.ts'
import type { Header } from '../message.ts'
import type { Entity } from '../part/entity.ts'

/** What a machine said about another message: a delivery status (RFC 3464), a read receipt (RFC 8098), abuse (RFC 5965). */
export interface Report {
  /** `delivery-status`, `disposition-notification`, `feedback-report`. */
  readonly type: string
  /** Fields about the message as a whole. */
  readonly fields: readonly Header[]
  readonly recipients: readonly ReportRecipient[]
}

export interface ReportRecipient {
  readonly finalRecipient: string | null
  readonly originalRecipient: string | null
  /** `failed`, `delayed`, `delivered`, `relayed`, `expanded`. */
  readonly action: string | null
  /** Enhanced status code (RFC 3463): `5.1.1`. */
  readonly status: string | null
  readonly diagnostic: string | null
  readonly remoteMta: string | null
}

const recipientsMax = 1000
const blocksMax = recipientsMax + 1

export function isReportPart(type: string): boolean {
  return /^message\/(?:(?:global-)?delivery-status|disposition-notification|feedback-report)$/.test(type)
}

/** Reads the machine's part of a report. `content` is its decoded body with a context of its own. */
export function readReport(content: Context, type: string): Report {
  const groups: Header[][] = []
  let position = 0
  while (position < content.text.length && groups.length < blocksMax) {
    const block = readHeaderBlock(content, position, content.text.length)
    if (block.fields.length > 0) {
      groups.push(
        block.fields.map(field => ({
          name: fieldName(block, field),
          value: decodeHeader(content, rawValue(block, field)),
        })),
      )
    }
    // A line that is no field stops a block without being passed; do not stop with it.
    const next = content.text.indexOf('\n', block.bodyStart)
    position = block.bodyStart > position ? block.bodyStart : next < 0 ? content.text.length : next + 1
  }
  const [fields = [], ...rest] = groups
  const name = type.slice('message/'.length).replace('global-', '')
  return { type: name, fields, recipients: rest.map(recipientOf).filter(known) }
}

function recipientOf(fields: readonly Header[]): ReportRecipient {
  const value = (name: string): string | null => {
    const text = fields.find(field => field.name.toLowerCase() === name)?.value
    return text === undefined || text === '' ? null : text
  }
  return {
    finalRecipient: untyped(value('final-recipient')),
    originalRecipient: untyped(value('original-recipient')),
    action: value('action')?.toLowerCase() ?? null,
    status: /\d\.\d{1,3}\.\d{1,3}/.exec(value('status') ?? '')?.[0] ?? null,
    diagnostic: untyped(value('diagnostic-code')),
    remoteMta: untyped(value('remote-mta')),
  }
}

function known(recipient: ReportRecipient): boolean {
  return recipient.finalRecipient !== null || recipient.originalRecipient !== null || recipient.action !== null
}

/** `rfc822; ann@example.org` → `ann@example.org`. */
function untyped(value: string | null): string | null {
  return value === null ? null : value.replace(/^[A-Za-z0-9-]{1,40}\s*;\s*/, '').trim()
}

export function reportPart(root: Entity): Entity | undefined {
  const top = root.type === 'multipart/report' ? root.children : [root]
  return top.find(child => isReportPart(child.type))
}
