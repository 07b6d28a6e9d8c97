import { join } from 'node:path'
import * as v from 'valibot'
import { Failure } from '#base/failure.ts'
import { readPrivateFile } from '#base/private-file.ts'
import type { DaemonClient } from '#daemon/client/index.ts'
import { granted } from '../../with-daemon.ts'

const fileBytesMax = 1024 ** 2
const sourcesMax = 200

const capsuleSchema = v.object({
  items: v.array(v.object({ id: v.string(), text: v.string(), confirmed: v.boolean() })),
})

/**
 * Tells the gate what the agent of a session was given to read before it came here: what nobody has confirmed counts
 * against what it sends, as if it had asked for it. Where that cannot be told, nothing else is asked either.
 */
export async function noteCapsule(client: DaemonClient, directory: string): Promise<void> {
  const items = itemsIn(directory)
  for (let at = 0; at < items.length; at += sourcesMax) {
    const sources = items.slice(at, at + sourcesMax).map(({ id, text, confirmed }) => ({ id, text, confirmed }))
    granted(await client.request('session.note', { sources }))
  }
}

function itemsIn(directory: string): v.InferOutput<typeof capsuleSchema>['items'] {
  const parsed = v.safeParse(capsuleSchema, jsonOf(readPrivateFile(join(directory, 'capsule.json'), fileBytesMax)))
  if (parsed.success) return parsed.output.items
  throw new Failure('refused', 'session_changed', 'nobody can say what the agent of this session has read', {
    next: 'end the agent, and start it again with postern run',
  })
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined // the agent has written over it: refused by the caller
  }
}
