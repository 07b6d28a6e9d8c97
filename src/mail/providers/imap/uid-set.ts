/** UIDs in ranges, ascending and apart: `[[1, 50], [60, 60]]`. Both ends belong to a range. */
export type UidRanges = readonly (readonly [number, number])[]

export const uidMax = 4_294_967_295

/** `1:50,60`, as in commands. */
export function formatUidSet(ranges: UidRanges): string {
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}:${to}`)).join(',')
}

/** The same of messages. */
export function uidSetOf(messages: readonly { readonly uid: number }[]): string {
  return formatUidSet(rangesOf(messages.map(({ uid }) => uid)))
}

export function rangesOf(uids: Iterable<number>): UidRanges {
  const ranges: [number, number][] = []
  for (const uid of [...uids].sort((one, other) => one - other)) {
    const last = ranges.at(-1)
    if (last !== undefined && uid <= last[1] + 1) last[1] = Math.max(last[1], uid)
    else ranges.push([uid, uid])
  }
  return ranges
}

/** Undefined when it is no set of UIDs, or one of too many parts. */
export function parseUidSet(text: string, rangesMax = 1_000_000): UidRanges | undefined {
  if (text === '') return []
  const ranges: [number, number][] = []
  for (const part of text.split(',')) {
    if (ranges.length >= rangesMax) return undefined
    const found = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(part)
    if (found === null) return undefined
    const first = Number(found[1])
    const last = found[2] === undefined ? first : Number(found[2])
    if (first === 0 || last === 0 || first > uidMax || last > uidMax) return undefined
    ranges.push([Math.min(first, last), Math.max(first, last)])
  }
  return merged(ranges)
}

export function countUids(ranges: UidRanges): number {
  return ranges.reduce((count, [from, to]) => count + (to - from + 1), 0)
}

/** In their order; undefined when there are more than `max`. */
export function expandUids(ranges: UidRanges, max: number): number[] | undefined {
  if (countUids(ranges) > max) return undefined
  const uids: number[] = []
  for (const [from, to] of ranges) for (let uid = from; uid <= to; uid++) uids.push(uid)
  return uids
}

export function hasUid(ranges: UidRanges, uid: number): boolean {
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const [from, to] = ranges[middle] ?? [0, 0]
    if (uid < from) high = middle - 1
    else if (uid > to) low = middle + 1
    else return true
  }
  return false
}

function merged(ranges: [number, number][]): UidRanges {
  ranges.sort((one, other) => one[0] - other[0])
  const joined: [number, number][] = []
  for (const range of ranges) {
    const last = joined.at(-1)
    if (last !== undefined && range[0] <= last[1] + 1) last[1] = Math.max(last[1], range[1])
    else joined.push(range)
  }
  return joined
}
