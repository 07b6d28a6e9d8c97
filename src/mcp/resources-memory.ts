import type { Daemon } from './daemon.ts'
import { RPC } from './json-rpc.ts'
import type { Resources } from './resources.ts'
import { RpcFault } from './server.ts'
import { Fence, line } from './untrusted.ts'

const scheme = 'postern://memory/'

/** Memories by their names beside other resources: for clients that let a person pick what the model reads. */
export function withMemories(
  others: Resources,
  daemon: Daemon,
  {
    random,
    workspace,
  }: { readonly random: (bytes: number) => Uint8Array; readonly workspace: () => string | undefined },
): Resources {
  return {
    templates: [
      ...others.templates,
      {
        uriTemplate: `${scheme}{name}`,
        name: 'memory',
        title: 'A memory',
        description: 'One record of memory with where it came from, by the name that queries give it',
        mimeType: 'text/plain',
      },
    ],
    list: (cursor, signal) => others.list(cursor, signal),
    async read(uri, signal) {
      if (!uri.startsWith(scheme)) return others.read(uri, signal)
      const name = uri.slice(scheme.length)
      const where = workspace()
      if (where === undefined || !/^__mem_\d{1,18}$/.test(name))
        throw new RpcFault(RPC.not_found, 'there is no such resource')
      const found = await daemon.request('memory.record', { workspace: where, name }, signal)
      if (!found.ok) throw new RpcFault(RPC.not_found, found.refusal.message)
      const { form, confirmed, source } = found.value
      const from =
        source === null ? 'written by hand' : line(`${source.surface ?? ''} ${source.message ?? source.uri ?? ''}`)
      const text = `${confirmed ? 'confirmed' : 'unconfirmed'}, ${from}\n${new Fence(random).text(form).text}`
      return { contents: [{ uri, mimeType: 'text/plain', text }] }
    },
  }
}
