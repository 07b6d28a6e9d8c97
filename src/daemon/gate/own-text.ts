import type { CheckedParams } from './scopes.ts'

/**
 * A draft that was begun as an answer, without what the agent itself said in it: the rest is the original's, and only
 * the rest. Cut where the composer puts the agent's text (`mail/compose/answer.ts`) and nowhere else: an agent that
 * chose a text which stands in the original too must not have that taken out of what it has read.
 */
export function withoutOwnText(
  { text, kind, quote }: CheckedParams,
  result: unknown,
  quoteDefault: 'bottom' | 'top' | 'none',
): unknown {
  const content = memberOf(result, 'content')
  const body = memberOf(content, 'body')
  if (typeof text !== 'string' || text === '' || typeof body !== 'string') return result
  const isBelow = kind !== 'forward' && (quote ?? quoteDefault) === 'top'
  // Below the quote comes nothing but the text and the person's signature.
  const at = isBelow ? body.lastIndexOf(text) : body.startsWith(text) ? 0 : -1
  if (at < 0) return result
  const rest = `${body.slice(0, at)}\n${body.slice(at + text.length)}`
  return { ...Object(result), content: { ...Object(content), body: rest } }
}

export function draftIdIn(result: unknown): number | undefined {
  const id = memberOf(result, 'draft_id')
  return typeof id === 'number' ? id : undefined
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
