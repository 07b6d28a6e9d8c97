import { digestOf } from '#gate/index.ts'
import { sendById, sendBytes } from '#mail/drafts/index.ts'
import { parseMessage } from '#mail/mime/index.ts'
import { renderHtml } from '#mail/render/index.ts'
import { formatMessageId, type MessageId } from '#mail/store/index.ts'
import type { Core } from '../part.ts'
import type { RequestName } from '../requests/index.ts'
import { requests } from '../requests/index.ts'
import { changesOf } from './capabilities.ts'
import { type CheckedParams, messagesOf } from './scopes.ts'
import type { Shown } from './staging.ts'

/**
 * A request as a person decides on it: nothing in it is looked up again when it is carried out. A plan becomes its
 * list of messages, a send the bytes that were frozen; the digest covers all of that.
 */
export interface Frozen {
  readonly request: RequestName
  readonly params: CheckedParams
  readonly digest: string
  readonly shown: Shown
}

const titlesMax = 100

export function freeze(core: Core, name: RequestName, params: CheckedParams): Frozen {
  if (name === 'send.queue') return frozenSend(core, params)
  if (name === 'plan.apply') return frozenPlan(core, params)
  if (name === 'mail.change') return frozenChange(core, params)
  const digest = digestOf({ request: name, params: canonical(params) })
  return { request: name, params, digest, shown: shownPlainly(name, params) }
}

function frozenSend(core: Core, params: CheckedParams): Frozen {
  const id = Number(params.send_id)
  const send = sendById(core.reader.statements, id)
  const kept = sendBytes(core.reader.statements, id)
  const bytes = kept?.bytes ?? new Uint8Array(0)
  const message = parseMessage(bytes)
  const recipients = send?.recipients.map(({ address }) => address) ?? []
  const despite = Array.isArray(params.despite) ? params.despite.map(String) : []
  const shown: Shown = {
    title: 'letter',
    account: send?.account,
    lines: [
      { name: 'from', value: send?.from ?? '' },
      ...recipients.map(value => ({ name: 'to', value })),
      { name: 'subject', value: message.subject },
      ...message.attachments.map(({ filename, size }) => ({
        name: 'file',
        value: `${filename ?? 'unnamed'}, ${size} bytes`,
      })),
      ...despite.map(value => ({ name: 'despite', value })),
    ],
    body: message.text ?? (message.html === null ? '' : renderHtml(message.html, { mode: 'markdown' }).text),
  }
  // The recipients are what the server is told, not what the header says.
  const digest = digestOf({
    request: 'send.queue',
    bytes,
    recipients: recipients.join('\n'),
    account: send?.account ?? '',
  })
  return { request: 'send.queue', params, digest, shown }
}

function frozenPlan(core: Core, params: CheckedParams): Frozen {
  const plan = String(params.plan_id)
  const changes = changesOf(core, 'plan', plan) ?? []
  const ids = messagesOf(core, requests['plan.apply'], params).map(formatMessageId)
  return frozenChange(core, { changes, selection: { by: 'ids', ids }, client_key: `approved ${plan}` })
}

function frozenChange(core: Core, params: CheckedParams): Frozen {
  const changes = changesOf(core, 'change', params.changes) ?? []
  const messages = messagesOf(core, requests['mail.change'], params)
  const ids = messages.map(formatMessageId)
  return {
    request: 'mail.change',
    params,
    digest: digestOf({ request: 'mail.change', changes: canonical({ changes }), ids: ids.join('\n') }),
    shown: {
      title: changes.map(({ action }) => action).join(', '),
      account: undefined,
      lines: [{ name: 'messages', value: String(ids.length) }, ...titles(core, messages)],
      body: undefined,
    },
  }
}

function titles({ reader }: Core, messages: readonly MessageId[]): Shown['lines'] {
  return reader
    .list(messages.slice(0, titlesMax))
    .map(({ id, subject, from }) => ({ name: id, value: `${from[0]?.email ?? ''}  ${subject}` }))
}

function shownPlainly(name: string, params: CheckedParams): Shown {
  const lines = Object.entries(params).map(([key, value]) => {
    return { name: key, value: typeof value === 'string' ? value : JSON.stringify(value) }
  })
  return { title: name, account: undefined, lines, body: undefined }
}

/** One spelling of a value, whatever the order of its members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
