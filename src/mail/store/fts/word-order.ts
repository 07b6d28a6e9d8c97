/** Bytes of a word that go into its key; with the word's number they make 64 bits. */
const keyBytes = 5
const numberBits = 24

/**
 * The numbers of the words in the order of their bytes; the bytes of word `n` end at `ends[n]`, where the next one's
 * begin. Sorting numbers is many times as fast as comparing texts: only words that begin alike are compared.
 */
export function inByteOrder(bytes: Uint8Array, ends: Int32Array, words: number): Int32Array {
  if (words >= 2 ** numberBits) throw new RangeError('too many words for one segment')
  const keys = new BigUint64Array(words)
  const halves = new Uint32Array(keys.buffer)
  for (let word = 0, start = 0; word < words; word++) {
    const end = ends[word] ?? 0
    let upper = 0
    for (let at = start; at < start + keyBytes - 1; at++) upper = (upper << 8) | (at < end ? (bytes[at] ?? 0) : 0)
    const fifth = start + keyBytes - 1 < end ? (bytes[start + keyBytes - 1] ?? 0) : 0
    halves[word * 2 + lowerHalf] = ((fifth << numberBits) | word) >>> 0
    halves[word * 2 + 1 - lowerHalf] = upper >>> 0
    start = end
  }
  keys.sort()
  const order = new Int32Array(words)
  for (let at = 0; at < words; at++) order[at] = (halves[at * 2 + lowerHalf] ?? 0) & (2 ** numberBits - 1)
  sortRuns(halves, order, { bytes, ends })
  return order
}

/** 0 where the lower half of a 64-bit number comes first, which is everywhere that we run. */
const lowerHalf = new Uint32Array(new BigUint64Array([1n]).buffer)[0] === 1 ? 0 : 1

interface Words {
  readonly bytes: Uint8Array
  readonly ends: Int32Array
}

/** Words with the same key stand together. */
function sortRuns(halves: Uint32Array, order: Int32Array, words: Words): void {
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && hasSameKey(halves, start, end)) end++
    if (end - start > insertedMax) order.subarray(start, end).sort((one, other) => compare(words, one, other))
    else insertEach(order, start, end, words)
    start = end
  }
}

/** Most runs are of two or three words. */
const insertedMax = 12

function insertEach(order: Int32Array, start: number, end: number, words: Words): void {
  for (let next = start + 1; next < end; next++) {
    const word = order[next] ?? 0
    let at = next
    for (; at > start && compare(words, order[at - 1] ?? 0, word) > 0; at--) order[at] = order[at - 1] ?? 0
    order[at] = word
  }
}

function hasSameKey(halves: Uint32Array, one: number, other: number): boolean {
  return (
    halves[one * 2 + 1 - lowerHalf] === halves[other * 2 + 1 - lowerHalf] &&
    (halves[one * 2 + lowerHalf] ?? 0) >>> numberBits === (halves[other * 2 + lowerHalf] ?? 0) >>> numberBits
  )
}

function compare({ bytes, ends }: Words, one: number, other: number): number {
  let at = (one === 0 ? 0 : (ends[one - 1] ?? 0)) + keyBytes
  let from = (other === 0 ? 0 : (ends[other - 1] ?? 0)) + keyBytes
  const end = ends[one] ?? 0
  const to = ends[other] ?? 0
  for (; at < end && from < to; at++, from++) {
    const difference = (bytes[at] ?? 0) - (bytes[from] ?? 0)
    if (difference !== 0) return difference
  }
  return end - at - (to - from)
}
