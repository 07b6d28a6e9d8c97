import type { Context } from '../context.ts'

const idLengthMax = 998

/**
 * The ids of a References or In-Reply-To header, without their angle brackets, in order.
 * Old mail puts prose there (`Your message of Tue`): only what stands in brackets and bare words with an @ count.
 * Beyond the limit the first id (the root) and the last ones (the nearest ancestors) are kept.
 */
export function readMessageIds(context: Context, raw: string | undefined): string[] {
  if (raw === undefined) return []
  const ids: string[] = []
  let position = 0
  for (;;) {
    const open = raw.indexOf('<', position)
    if (open < 0) break
    const close = raw.indexOf('>', open + 1)
    if (close < 0) break
    // `<a <b@c>`: an id never holds a bracket, so the last one opened is the one that was meant.
    const id = cleanId(raw.slice(raw.lastIndexOf('<', close) + 1, close))
    if (id !== '') ids.push(id)
    position = close + 1
  }
  if (ids.length === 0)
    for (const word of raw.split(/\s+/)) if (/^[^@<>"(),;:]+@[^@<>"(),;]+$/.test(word)) ids.push(word)
  const max = context.limits.referencesMax
  if (ids.length <= max) return ids
  context.defects.add('reference_limit')
  return max < 2 ? ids.slice(0, max) : [...ids.slice(0, 1), ...ids.slice(1 - max)]
}

/** The message's own id, without angle brackets; null when there is none to be had. */
export function readMessageId(context: Context, raw: string | undefined): string | null {
  if (raw === undefined || raw.trim() === '') {
    context.defects.add('message_id_missing')
    return null
  }
  const match = /<([^<>]*)>/.exec(raw)
  const id = cleanId(match?.[1] ?? raw)
  if (match === null || !id.includes('@') || /\s/.test(raw.slice(match.index, match.index + match[0].length))) {
    context.defects.add('message_id_malformed')
  }
  return id === '' ? null : id
}

function cleanId(text: string): string {
  return text.length > idLengthMax * 4 ? '' : text.replace(/[\s\x00-\x1f\x7f]+/g, '').slice(0, idLengthMax)
}
