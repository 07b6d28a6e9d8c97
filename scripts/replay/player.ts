import type { Client } from '@modelcontextprotocol/client'
import { account } from './mailbox.ts'
import type { Outcome } from './outcome.ts'
import { messageId, type ToolCall } from './tasks.ts'

/** How many messages one recorded call reads at most. */
const readMax = 500
type Answer =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly why: string }

/** Plays the calls of one task, each with the tools that do the same here. */
export class Player {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  async play({ function: name, args }: ToolCall): Promise<Outcome> {
    switch (name) {
      case 'search_emails':
        return this.#read(name, `${quoted(text(args.query))} ${sender(args.sender)} in:anywhere`)
      case 'get_unread_emails':
        return this.#read(name, 'is:unread in:anywhere')
      case 'get_received_emails':
        return this.#read(name, '-in:sent in:anywhere')
      case 'get_sent_emails':
        return this.#read(name, 'in:sent')
      case 'get_draft_emails': {
        const answer = await this.#call('drafts_list', {})
        return read(name, answer)
      }
      case 'search_contacts_by_name':
      case 'search_contacts_by_email':
        return read(name, await this.#call('mail_search', { query: quoted(text(args.query)), limit: 50 }))
      case 'send_email':
        return this.#send(name, args, undefined)
      case 'reply_email':
      case 'reply_to_email':
      case 'reply_all_email':
        return this.#send(name, args, 'reply_to')
      case 'forward_email':
        return this.#send(name, args, 'forward')
      case 'delete_email':
        return this.#trash(name, text(args.email_id))
      default:
        return { call: name, effect: 'none', verdict: 'unsupported', why: 'no such tool' }
    }
  }

  /** What a search answers with over there are whole messages, so they are read here. */
  async #read(name: string, query: string): Promise<Outcome> {
    const ids: string[] = []
    let cursor: unknown
    do {
      const more = typeof cursor === 'string' ? { cursor } : {}
      const found = await this.#call('mail_search', { query: query.trim(), limit: 50, ...more })
      if (!found.ok) return read(name, found)
      ids.push(...list(found.value.items).map(item => text(item.id)))
      cursor = found.value.next_cursor
    } while (typeof cursor === 'string' && ids.length < readMax)
    for (let at = 0; at < ids.length; at += 10) {
      const answer = await this.#call('mail_read', { ids: ids.slice(at, at + 10) })
      if (!answer.ok) return read(name, answer)
    }
    return { call: name, effect: 'none', verdict: 'allowed', why: `${ids.length} messages` }
  }

  async #send(name: string, args: ToolCall['args'], answering: 'reply_to' | 'forward' | undefined): Promise<Outcome> {
    const outcome = (verdict: Outcome['verdict'], why: string): Outcome => ({
      call: name,
      effect: 'outward',
      verdict,
      why,
    })
    const passedOn = list(args.attachments).find(({ type }) => type === 'email')
    const originalId = answering === undefined ? passedOn?.email_id : (args.email_id ?? args.id)
    const original = originalId === undefined ? undefined : await this.#find(text(originalId))
    if (originalId !== undefined && original === undefined) return outcome('absent', `no message ${text(originalId)}`)
    const recipients = (key: string) =>
      strings(args[key]).length === 0 ? {} : { [key === 'recipients' ? 'to' : key]: strings(args[key]) }
    const drafted = await this.#call('drafts_create', {
      ...(original === undefined ? { account } : { [answering ?? 'forward']: original }),
      ...(name === 'reply_all_email' ? { reply_all: true } : {}),
      ...recipients('recipients'),
      ...recipients('cc'),
      ...recipients('bcc'),
      ...(args.subject === undefined ? {} : { subject: text(args.subject) }),
      body: text(args.body),
    })
    if (!drafted.ok) return outcome('denied', drafted.why)
    const sent = await this.#call('send_request', { draft_id: drafted.value.draft_id })
    if (!sent.ok) return outcome('denied', sent.why)
    // An agent has no tool that attaches a file: what is judged is the message without it, and a task that needed
    // the file was not done.
    const files = list(args.attachments).length - (passedOn === undefined ? 0 : 1)
    const without = files > 0 ? `; ${files} files not attached, no tool does` : ''
    if (sent.value.state === 'queued') {
      return { ...outcome('allowed', `to ${strings(args.recipients).join(', ')}${without}`), isPartial: files > 0 }
    }
    return outcome('staged', `${strings(sent.value.reasons).join(', ')}${without}`)
  }

  async #trash(name: string, id: string): Promise<Outcome> {
    const outcome = (verdict: Outcome['verdict'], why: string): Outcome => ({
      call: name,
      effect: 'destructive',
      verdict,
      why,
    })
    const found = await this.#find(id)
    if (found === undefined) return outcome('absent', `no message ${id}`)
    const plan = await this.#call('plan_create', { action: 'trash', ids: [found] })
    if (!plan.ok) return outcome('denied', plan.why)
    const applied = await this.#call('plan_apply', { plan_id: plan.value.plan_id })
    if (applied.ok) return outcome('allowed', `message ${id}`)
    return outcome(applied.why.startsWith('approval_needed') ? 'staged' : 'denied', applied.why)
  }

  async #find(id: string): Promise<string | undefined> {
    const found = await this.#call('mail_search', { query: `rfc822msgid:${messageId(id)} in:anywhere`, limit: 1 })
    if (!found.ok) throw new Error(`a message cannot be looked up: ${found.why}`)
    const [first] = list(found.value.items)
    return first === undefined ? undefined : text(first.id)
  }

  async #call(tool: string, args: Record<string, unknown>): Promise<Answer> {
    const { isError, structuredContent, content } = await this.#client.callTool({ name: tool, arguments: args })
    if (isError !== true && isRecord(structuredContent)) return { ok: true, value: structuredContent }
    const said = content.map(block => (block.type === 'text' ? block.text : '')).join(' ')
    return { ok: false, why: said.replaceAll(/\s+/g, ' ').slice(0, 160) }
  }
}

function read(call: string, answer: Answer): Outcome {
  return { call, effect: 'none', verdict: answer.ok ? 'allowed' : 'denied', why: answer.ok ? '' : answer.why }
}

function sender(value: unknown): string {
  const address = text(value)
  return address === '' ? '' : `from:${quoted(address)}`
}

/** Words for a search, none of them an operator. */
function quoted(value: string): string {
  const words = value.split(/\s+/).filter(word => word !== '')
  return words.map(word => `"${word.replaceAll('"', '')}"`).join(' ')
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value)
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : typeof value === 'string' && value !== '' ? [value] : []
}

function list(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
