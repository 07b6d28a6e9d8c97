import { Buffer } from 'node:buffer'
import type { Letter } from '../../../src/mail/export/index.ts'
import { parseMessage } from '../../../src/mail/mime/index.ts'
import { type LabelName, namedFlags } from '../../../src/mail/store/index.ts'
import { person } from '../store/mailbox.ts'

export interface Exported {
  readonly raw?: Uint8Array | string
  readonly id?: string
  readonly from?: string
  readonly date?: number
  readonly flags?: number
  readonly labels?: readonly LabelName[]
}

/** A message as the store lists it, made from its source and what a test says of it. */
export function exported(said: Exported = {}): Letter {
  const raw = typeof said.raw === 'string' ? Buffer.from(said.raw) : (said.raw ?? Buffer.from('Subject: x\r\n\r\n'))
  const message = parseMessage(raw)
  const id = said.id ?? '0000000000'
  return {
    raw,
    listed: {
      id,
      threadId: `t${id}`,
      account: 'home',
      date: said.date ?? 0,
      from: said.from === undefined ? message.from : [person(said.from)],
      to: message.to,
      cc: message.cc,
      bcc: message.bcc,
      subject: message.subject,
      snippet: '',
      messageId: message.messageId ?? '',
      labels: said.labels ?? [{ name: 'INBOX', kind: 'folder', role: 'inbox' }],
      flags: namedFlags(said.flags ?? 0),
      sizeBytes: raw.length,
      hasAttachments: message.hasAttachments,
    },
  }
}
