import { editDistance } from '#base/nearest.ts'
import { domainPart, sameMailbox } from '#mail/compose/index.ts'
import type { Correspondents } from './check.ts'

const knownFrom = 3
const lengthMin = 5

/**
 * The address that a person most likely meant or was led to believe: one they write to often, while they hardly ever
 * wrote to this one, and the two differ by one slip or by letters that look the same.
 */
export function lookAlike(email: string, { sentTo, frequent }: Correspondents): string | undefined {
  if (sentTo(email) >= knownFrom) return undefined
  const known = frequent.filter(({ sent, email: other }) => sent >= knownFrom && !sameMailbox(other, email))
  const domain = domainPart(email)
  const isDomainKnown = frequent.some(({ sent, email: other }) => sent >= knownFrom && domainPart(other) === domain)
  const found = known.find(({ email: other }) => {
    const theirs = domainPart(other)
    if (domain === theirs) return resembles(localPart(email), localPart(other))
    return !isDomainKnown && resembles(domain, theirs)
  })
  return found?.email
}

function localPart(email: string): string {
  return email.slice(0, email.lastIndexOf('@')).toLowerCase()
}

function resembles(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < lengthMin) return false
  if (skeleton(a) === skeleton(b)) return true
  return Math.abs(a.length - b.length) <= 1 && editDistance(a, b) === 1
}

/** What the eye makes of it: a domain in another script is shown decoded, and letters of one shape are one. */
function skeleton(text: string): string {
  return text
    .replace(/xn--[a-z0-9-]+/g, label => punycode(label.slice('xn--'.length)))
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x00-\x7f]/gu, character => shapes[character] ?? character)
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('cl', 'd')
    .replace(/[01|]/g, digit => (digit === '0' ? 'o' : 'l'))
    .replaceAll('i', 'l')
    .replaceAll('5', 's')
}

/** Cyrillic and Greek letters that are drawn as Latin ones. */
const shapes: Readonly<Record<string, string>> = {
  а: 'a',
  в: 'b',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  һ: 'h',
  і: 'i',
  ј: 'j',
  к: 'k',
  ӏ: 'l',
  м: 'm',
  о: 'o',
  р: 'p',
  ԛ: 'q',
  ѕ: 's',
  т: 't',
  ѵ: 'v',
  ԝ: 'w',
  х: 'x',
  у: 'y',
  α: 'a',
  ε: 'e',
  ι: 'i',
  κ: 'k',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
}

/** RFC 3492 §6.2; what does not decode stays as it is. */
function punycode(text: string): string {
  const dash = text.lastIndexOf('-')
  const out = dash < 0 ? [] : [...text.slice(0, dash)]
  let code = 128
  let position = 0
  let bias = 72
  let at = dash < 0 ? 0 : dash + 1
  while (at < text.length && out.length < 64) {
    const before = position
    let weight = 1
    for (let k = 36; at < text.length; k += 36) {
      const digit = Number.parseInt(text[at++] ?? '', 36)
      const value = digit < 10 ? digit + 26 : digit - 10
      position += value * weight
      const threshold = Math.min(26, Math.max(1, k - bias))
      if (value < threshold) break
      weight *= 36 - threshold
    }
    bias = adapted(position - before, out.length + 1, before === 0)
    code += Math.floor(position / (out.length + 1))
    position %= out.length + 1
    if (code > 0x10ffff) return text
    out.splice(position++, 0, String.fromCodePoint(code))
  }
  return out.join('')
}

function adapted(delta: number, count: number, isFirst: boolean): number {
  let left = isFirst ? Math.floor(delta / 700) : delta >> 1
  left += Math.floor(left / count)
  let k = 0
  for (; left > 455; k += 36) left = Math.floor(left / 35)
  return k + Math.floor((36 * left) / (left + 38))
}
