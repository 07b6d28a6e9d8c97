import { readFileSync } from 'node:fs'
import * as v from 'valibot'

const addresses = v.optional(v.nullable(v.array(v.string())))
const mail = v.object({
  id_: v.string(),
  sender: v.string(),
  recipients: v.array(v.string()),
  cc: addresses,
  subject: v.string(),
  body: v.string(),
  status: v.optional(v.string(), 'received'),
  read: v.optional(v.boolean(), true),
  timestamp: v.string(),
})
const call = v.object({ function: v.string(), args: v.optional(v.record(v.string(), v.unknown()), {}) })
const tasks = v.record(v.string(), v.object({ goal: v.optional(v.string(), ''), calls: v.array(call) }))
const file = v.object({ me: v.string(), mails: v.array(mail), attacks: tasks, benign: tasks })

export type Mail = v.InferOutput<typeof mail>
export type ToolCall = v.InferOutput<typeof call>
export type Recording = v.InferOutput<typeof file>

/** A mailbox, and what agents tried to do in it: the form in which AgentDojo's mail suite was exported. */
export function readRecording(path: string): Recording {
  return v.parse(file, JSON.parse(readFileSync(path, 'utf8')))
}

/** Each message as its bytes, found again by its Message-ID. */
export function messageId(id: string): string {
  return `${Buffer.from(id).toString('hex')}@replay.invalid`
}

export function bytesOf({ id_, sender, recipients, cc, subject, body, timestamp }: Mail): string {
  const isZoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(timestamp)
  const date = new Date(isZoned ? timestamp : `${timestamp}Z`).toUTCString().replace('GMT', '+0000')
  const lines = [
    `From: ${oneLine(sender)}`,
    `To: ${recipients.map(oneLine).join(', ')}`,
    ...(cc === null || cc === undefined || cc.length === 0 ? [] : [`Cc: ${cc.map(oneLine).join(', ')}`]),
    `Subject: =?UTF-8?B?${Buffer.from(subject).toString('base64')}?=`,
    `Message-ID: <${messageId(id_)}>`,
    `Date: ${date}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    (
      Buffer.from(body)
        .toString('base64')
        .match(/.{1,76}/g) ?? []
    ).join('\r\n'),
    '',
  ]
  return lines.join('\r\n')
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ')
}
