/**
 * The links in a text, bare ones included: a program that shows mail makes `evil.example/x` a link too. Compared in one
 * form, so that case of the host and a trailing dot do not make a known link a new one.
 */
const explicit =
  /\b(?:https?|ftp|mailto|tel|data|javascript|file|intent|[a-z][a-z0-9+.-]{2,20}):(?:\/\/)?[^\s<>"'()[\]{}]{2,2000}/giu
const bare =
  /(?<![@\p{L}\p{N}.-])(?:www\.)?(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}(?:\p{L}{2,24}|xn--[a-z0-9-]{2,40})(?::\d{1,5})?\/[^\s<>"'()[\]{}]{0,2000}|(?<![@\p{L}\p{N}.-])www\.[^\s<>"'()[\]{}]{3,300}/giu
const textLengthMax = 500_000
export const linksMax = 500

export function linksIn(text: string): readonly string[] {
  const looked = text.slice(0, textLengthMax)
  const found = new Set<string>()
  for (const pattern of [explicit, bare]) {
    for (const [match] of looked.matchAll(pattern)) {
      if (found.size >= linksMax) break
      if (!(pattern === explicit && looksLikeProse(match))) found.add(normalLink(match))
    }
  }
  return [...found]
}

/** One spelling of a link, for comparison only. */
export function normalLink(link: string): string {
  const trimmed = link.replace(/[.,;:!?…]+$/u, '')
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(trimmed) ? trimmed : `https://${trimmed}`
  const url = URL.parse(absolute)
  if (url === null) return absolute.toLowerCase()
  return `${url.protocol}//${url.host.replace(/\.$/, '')}${url.pathname}${url.search}${url.hash}`
}

/** `Note: see` and `10:30` are no links, whatever scheme the word before the colon could be. */
function looksLikeProse(match: string): boolean {
  return !/^(?:https?|ftp|mailto|tel|data|javascript|file|intent):/i.test(match) && !match.includes('://')
}
