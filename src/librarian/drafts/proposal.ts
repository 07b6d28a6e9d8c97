import { createHmac, timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'

/** What a model proposed of a draft, with a code like that of a draft: a person decides on what the model said. */
const proposalSchema = v.strictObject({
  forms: v.pipe(v.array(v.string()), v.maxLength(1_000)),
  mac: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
})

export const proposalBytesMax = 2 * 1024 ** 2

export function encodeProposal(id: string, forms: readonly string[], key: Uint8Array): string {
  return JSON.stringify({ forms, mac: macOf(id, forms, key) })
}

/** Undefined for what was not written under this key, for this draft. */
export function decodeProposal(id: string, bytes: Uint8Array, key: Uint8Array): readonly string[] | undefined {
  const parsed = v.safeParse(proposalSchema, jsonOf(bytes))
  if (!parsed.success) return undefined
  const { forms, mac } = parsed.output
  return timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(id, forms, key))) ? forms : undefined
}

function macOf(id: string, forms: readonly string[], key: Uint8Array): string {
  return createHmac('sha256', key)
    .update(JSON.stringify(['proposal', id, forms]))
    .digest('hex')
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
