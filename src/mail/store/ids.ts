/**
 * A message's id is its place in time: seconds since 1970 times 4,096, plus a slot within the second. It is the
 * rowid of the message and of its index entry, so that newest-first needs no sort; it stays below 2^53, where
 * `node:sqlite` and FTS5 still agree on numbers. The slot comes from the content, so that the same mail gets the
 * same id whatever the order of arrival.
 */
export type MessageId = number & { readonly __brand?: 'MessageId' }

export const slotsPerSecond = 4096

/** The last second that sorts: the end of the year 9999. */
const lastSecond = 253_402_300_799
const earliestUsableSecond = 365 * 86_400
const aheadToleratedSeconds = 86_400

/** Crockford's base 32: no letter that reads like a digit, and text order is number order. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz'
const textLength = 10

/**
 * The second by which a message sorts: what the sender says, unless that is missing, before 1971 or more than a
 * day ahead; then when it arrived; then 1970, which lists show last.
 */
export function sortSecond(dates: { date?: number; receivedAt?: number }, nowMs: number): number {
  const latest = Math.min(lastSecond, Math.floor(nowMs / 1000) + aheadToleratedSeconds)
  for (const at of [dates.date, dates.receivedAt]) {
    if (at === undefined || !Number.isFinite(at)) continue
    const second = Math.floor(at / 1000)
    if (second >= earliestUsableSecond && second <= latest) return second
  }
  return 0
}

/** The first id of a second: every message of that second has this id or a greater one. */
export function firstIdOf(second: number): MessageId {
  return Math.max(0, Math.min(second, lastSecond + 1)) * slotsPerSecond
}

/**
 * The ids that a message may take, in the order of trying; `seed` comes from its content. A crowded second (an
 * archive whose every message bears one date) spills into seconds further and further away, so that trying stays cheap.
 */
export function* candidateIds(second: number, seed: number): Generator<MessageId> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const chosen = mix(seed + attempt)
    const span = attempt < attemptsInOwnSecond ? 1 : 2 ** (1 + Math.floor((attempt - attemptsInOwnSecond) / 8))
    const distance = Math.floor(chosen / slotsPerSecond) % Math.min(span, spilledSecondsMax)
    yield firstIdOf(Math.min(second + distance, lastSecond)) + (chosen % slotsPerSecond)
  }
}

/** Ids lie at most so far after their message's second: a range of dates looks that much further and then compares dates. */
export const spilledSecondsMax = 65_536
const attemptsInOwnSecond = 16
const attemptsMax = 512

/** Spreads 32 bits over 32 bits (the finaliser of MurmurHash3). */
function mix(seed: number): number {
  let bits = seed | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

export function formatMessageId(id: MessageId): string {
  const upper = Math.floor(id / 2 ** 30)
  const lower = id % 2 ** 30
  const high = pairOf(Math.floor(upper / 1024)) + pairOf(upper & 1023)
  return high + pairOf(lower >>> 20) + pairOf((lower >>> 10) & 1023) + pairOf(lower & 1023)
}

function pairOf(bits: number): string {
  return digits.charAt(bits >>> 5) + digits.charAt(bits & 31)
}

export function parseMessageId(text: string): MessageId | undefined {
  if (text.length !== textLength) return undefined
  let id = 0
  for (const character of text.toLowerCase()) {
    const digit = digits.indexOf(character)
    if (digit < 0) return undefined
    id = id * 32 + digit
  }
  return Number.isSafeInteger(id) ? id : undefined
}

/** A thread is named after its oldest message, and any of its messages leads to it. */
export function formatThreadId(oldest: MessageId): string {
  return `t${formatMessageId(oldest)}`
}

export function parseThreadId(text: string): MessageId | undefined {
  return text.startsWith('t') || text.startsWith('T') ? parseMessageId(text.slice(1)) : parseMessageId(text)
}
