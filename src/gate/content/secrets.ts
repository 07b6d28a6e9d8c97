/**
 * What looks like a key. The shapes are the ones that their issuers document; each is bounded, so that no text makes
 * the search slow. Only whether there is one is told, never which.
 */
const shapes: readonly RegExp[] = [
  /-----BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/,
  /\bAGE-SECRET-KEY-1[A-Z0-9]{50,60}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{30,255}/,
  /\bgithub_pat_[A-Za-z0-9_]{50,255}/,
  /\bglpat-[A-Za-z0-9_-]{20,64}/,
  /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,200}/,
  /\bsk_live_[A-Za-z0-9]{16,128}/,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,200}/,
  /\bAIza[A-Za-z0-9_-]{35}/,
  /\bnpm_[A-Za-z0-9]{36}/,
  /\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}/,
  /\b(?:api[_-]?key|client[_-]?secret|secret[_-]?key|access[_-]?token|auth[_-]?token)\s{0,4}[:=]\s{0,4}["']?[A-Za-z0-9+/_.-]{12,200}/i,
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,64}:[^\s/@]{3,128}@/i,
]
const textLengthMax = 2_000_000

export function hasSecret(text: string): boolean {
  const looked = text.slice(0, textLengthMax)
  return shapes.some(shape => shape.test(looked))
}

const removed = '[secret removed]'

/** The text with a mark in the place of each secret, and how many there were. */
export function withoutSecrets(text: string): { readonly text: string; readonly count: number } {
  const keys = withoutKeys(text)
  let { count } = keys
  let cleaned = keys.text
  for (const shape of shapes) {
    cleaned = cleaned.replace(new RegExp(shape.source, `${shape.flags}g`), () => {
      count++
      return removed
    })
  }
  return { text: cleaned, count }
}

/** A key in PEM goes with all its lines; one that has no end reaches to that of the text. */
function withoutKeys(text: string): { readonly text: string; readonly count: number } {
  const kept: string[] = []
  let from = 0
  for (const { index } of text.matchAll(/-----BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g)) {
    if (index < from) continue
    kept.push(text.slice(from, index))
    const end = text.indexOf('-----END', index)
    const line = end < 0 ? -1 : text.indexOf('\n', end)
    from = line < 0 ? text.length : line
  }
  return { text: [...kept, text.slice(from)].join(removed), count: kept.length }
}
