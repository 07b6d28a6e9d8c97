import type { Daemon } from './daemon.ts'
import { RPC } from './json-rpc.ts'
import type { Resources } from './resources.ts'
import { RpcFault } from './server.ts'
import { Fence, line } from './untrusted.ts'

const scheme = 'postern://thread/'
const perPage = 50
const messagesMax = 20

/** Threads as resources, for clients that let a person pick what the model reads. */
export function threadResources(daemon: Daemon, random: (bytes: number) => Uint8Array): Resources {
  return {
    templates: [
      {
        uriTemplate: `${scheme}{id}`,
        name: 'thread',
        title: 'A conversation',
        description: 'A thread of mail, oldest message first',
        mimeType: 'text/plain',
      },
    ],
    async list(cursor, signal) {
      const page = await daemon.request(
        'mail.threads',
        { limit: perPage, ...(cursor === undefined ? {} : { cursor }) },
        signal,
      )
      if (!page.ok) throw new RpcFault(RPC.invalid_params, page.refusal.message)
      const resources = page.value.items.map(({ id, subject }) => {
        return { uri: `${scheme}${id}`, name: id, title: line(subject), mimeType: 'text/plain' }
      })
      const { next_cursor: next } = page.value
      return { resources, ...(next === null ? {} : { nextCursor: next }) }
    },
    async read(uri, signal) {
      const id = uri.startsWith(scheme) ? uri.slice(scheme.length) : ''
      if (!/^t?[0-9a-hjkmnp-tv-z]{10}$/i.test(id)) throw new RpcFault(RPC.not_found, 'there is no such resource')
      const thread = await daemon.request('mail.thread', { id }, signal)
      if (!thread.ok) throw new RpcFault(RPC.not_found, thread.refusal.message)
      const fence = new Fence(random)
      const parts: string[] = []
      for (const { id: message, date, from } of thread.value.items.slice(-messagesMax)) {
        const read = await daemon.request('mail.read', { id: message, chars_max: 2_000 }, signal)
        if (!read.ok) throw new RpcFault(RPC.invalid_params, read.refusal.message)
        parts.push(`${date}  ${line(from?.email ?? '')}\n${fence.text(read.value.body).text}`)
      }
      return { contents: [{ uri, mimeType: 'text/plain', text: parts.join('\n\n') }] }
    },
  }
}
