import { LETTER, type Letters, letters } from './letters.ts'

/** FTS5 keeps no more bytes of a word. */
const wordBytesMax = 32_768
const asciiEnd = 0x80
/** Column and place of a word in one number: a text of 2^27 words does not fit into memory. */
export const placeBits = 27
export const placeMask = (1 << placeBits) - 1

/** Numbers in a slot of the table: the number of a word plus one, its hash, and its last bytes in two halves. */
const slotBits = 2
const slotSize = 1 << slotBits
/** A word of no more bytes stands in its slot whole. */
const shortBytes = 8
/** Short words that were found of late, in a table that fits the processor's first cache: most words are common ones. */
const commonBits = 11
const commonSize = 1 << commonBits

/**
 * The words of documents as they are read: which word, in which column, at which place. Its memory is used again
 * after `clear`.
 */
export class Postings {
  readonly #letters: Letters
  /** What each byte that is a letter by itself is folded to; 0 for all others. */
  readonly #ascii = new Uint8Array(256)
  /** Mixed into each hash, so that nobody can write mail whose words all have the same. */
  readonly #seed: number
  #slots = new Int32Array(1 << 17)
  /** As slots, by the upper bits of the hash. */
  readonly #common = new Int32Array(commonSize * slotSize)
  /** Where the bytes of each word end; they begin where those of the word before end. */
  #ends = new Int32Array(1 << 14)
  #bytes = new Uint8Array(1 << 18)
  #words = 0
  /** In the order of reading two numbers each: the word, and its column and place. */
  #seen = new Int32Array(1 << 18)
  #total = 0
  /** The last bytes of the word that is looked for. */
  #low = 0
  #high = 0
  /** Where the bytes of an unusual word end, behind those of all words. */
  #copied = 0

  /** @param seed any 32 bits that a sender cannot know */
  constructor(seed: number, characters = letters()) {
    this.#seed = seed | 0
    this.#letters = characters
    for (let code = 0; code < asciiEnd; code++) this.#ascii[code] = Math.max(0, characters.at(code))
  }

  /** How many words were read. */
  get total(): number {
    return this.#total
  }

  /** How many different ones. */
  get words(): number {
    return this.#words
  }

  /** In the order of reading two numbers each: the word, and its column and place. */
  get seen(): Int32Array {
    return this.#seen
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }

  get ends(): Int32Array {
    return this.#ends
  }

  clear(): void {
    this.#slots.fill(0)
    this.#common.fill(0)
    this.#words = 0
    this.#total = 0
  }

  /** Reads the words of a text in UTF-8, the first bytes of `text`, as unicode61 does; returns how many there are. */
  read(text: Uint8Array, column: number, textEnd = text.length): number {
    this.#makeRoom(textEnd)
    const before = this.#total
    const ascii = this.#ascii
    const seen = this.#seen
    const common = this.#common
    const seed = this.#seed
    let to = before * 2
    let place = column << placeBits
    for (let at = 0; at < textEnd; ) {
      let end = at
      let low = 0
      let high = 0
      for (; end < textEnd; end++) {
        const letter = ascii[text[end] ?? 0] ?? 0
        if (letter === 0) break
        high = (high << 8) | (low >>> 24)
        low = (low << 8) | letter
      }
      let word = -1
      if ((end < textEnd && (text[end] ?? 0) >= asciiEnd) || end - at > wordBytesMax) {
        end = this.#copyUnusual(text, at, textEnd)
        const from = this.#wordEnd()
        if (this.#copied > from) word = this.#findCopied(from)
      } else if (end - at > shortBytes) {
        this.#low = low
        this.#high = high
        word = this.#find(text, at, end, this.#hashLong(text, at, end))
        end++
      } else if (end > at) {
        const hash = hashShort(low ^ seed, high)
        const slot = (hash >>> (32 - commonBits)) << slotBits
        if (common[slot + 2] === low && common[slot + 3] === high) word = common[slot] ?? 0
        else {
          this.#low = low
          this.#high = high
          word = this.#find(text, at, end, hash)
          common[slot] = word
          common[slot + 2] = low
          common[slot + 3] = high
        }
        end++
      } else end++
      if (word >= 0) {
        seen[to] = word
        seen[to + 1] = place++
        to += 2
      }
      at = end
    }
    this.#total = to / 2
    return this.#total - before
  }

  /**
   * Copies a word that is not all ASCII, or very long, behind the bytes of all words, where it stays if it is new;
   * returns where the text goes on.
   */
  #copyUnusual(text: Uint8Array, start: number, textEnd: number): number {
    const bytes = this.#bytes
    const characters = this.#letters
    const from = this.#wordEnd()
    let to = from
    let at = start
    while (at < textEnd) {
      const byte = text[at] ?? 0
      let letter: number
      if (byte < asciiEnd) {
        letter = characters.at(byte)
        at++
      } else if (byte < 0xe0) {
        letter = characters.at(((byte & 0x1f) << 6) | ((text[at + 1] ?? 0) & 0x3f))
        at += 2
      } else {
        const length = byte < 0xf0 ? 3 : 4
        letter = characters.at(decode(text, at, length))
        at += length
      }
      if (letter === LETTER.separator) break
      if (letter === LETTER.dropped) continue
      if (letter >= 0x800) to = encode(letter, bytes, to)
      else if (letter < asciiEnd) bytes[to++] = letter
      else {
        bytes[to++] = 0xc0 | (letter >>> 6)
        bytes[to++] = 0x80 | (letter & 0x3f)
      }
    }
    to = Math.min(to, from + wordBytesMax)
    this.#copied = to
    let low = 0
    let high = 0
    for (let last = Math.max(from, to - shortBytes); last < to; last++) {
      high = (high << 8) | (low >>> 24)
      low = (low << 8) | (bytes[last] ?? 0)
    }
    this.#low = low
    this.#high = high
    return at
  }

  #findCopied(from: number): number {
    const bytes = this.#bytes
    const to = this.#copied
    const isShort = to - from <= shortBytes
    return this.#find(
      bytes,
      from,
      to,
      isShort ? hashShort(this.#low ^ this.#seed, this.#high) : this.#hashLong(bytes, from, to),
    )
  }

  #wordEnd(): number {
    return this.#words === 0 ? 0 : (this.#ends[this.#words - 1] ?? 0)
  }

  /** The number of the word that stands in `text`: ASCII not folded yet, or the bytes of all words themselves. */
  #find(text: Uint8Array, start: number, end: number, hash: number): number {
    const low = this.#low
    const high = this.#high
    const slots = this.#slots
    const mask = slots.length - slotSize
    let slot = ((hash >>> 1) << slotBits) & mask
    for (;;) {
      const known = slots[slot] ?? 0
      if (known === 0) break
      if (
        slots[slot + 2] === low &&
        slots[slot + 3] === high &&
        slots[slot + 1] === hash &&
        (end - start <= shortBytes || this.#beginsSame(known - 1, text, start, end))
      )
        return known - 1
      slot = (slot + slotSize) & mask
    }
    slots[slot] = this.#words + 1
    slots[slot + 1] = hash
    slots[slot + 2] = low
    slots[slot + 3] = high
    return this.#add(text, start, end)
  }

  /** The lowest bit is that of long words, so that a short one is not taken for the end of a long one. */
  #hashLong(text: Uint8Array, start: number, end: number): number {
    const isFolded = text === this.#bytes
    const ascii = this.#ascii
    let hash = this.#seed
    for (let at = start; at < end; at++) {
      const byte = text[at] ?? 0
      hash = Math.imul(hash ^ (isFolded ? byte : (ascii[byte] ?? 0)), 0x01000193)
      hash ^= hash >>> 15
    }
    return hash | 1
  }

  #add(text: Uint8Array, start: number, end: number): number {
    const bytes = this.#bytes
    let to = this.#wordEnd()
    if (text === bytes) to = end
    else for (let at = start; at < end; at++) bytes[to++] = this.#ascii[text[at] ?? 0] ?? 0
    this.#ends[this.#words++] = to
    if (this.#words * 2 * slotSize > this.#slots.length) this.#spread()
    return this.#words - 1
  }

  /** Whether a word that has the same last bytes has the others too. */
  #beginsSame(word: number, text: Uint8Array, start: number, end: number): boolean {
    const bytes = this.#bytes
    const from = word === 0 ? 0 : (this.#ends[word - 1] ?? 0)
    const others = end - start - shortBytes
    if ((this.#ends[word] ?? 0) - from !== end - start) return false
    const isFolded = text === bytes
    for (let at = 0; at < others; at++) {
      const byte = text[start + at] ?? 0
      if (bytes[from + at] !== (isFolded ? byte : this.#ascii[byte])) return false
    }
    return true
  }

  #spread(): void {
    const before = this.#slots
    const slots = new Int32Array(before.length * 2)
    const mask = slots.length - slotSize
    for (let from = 0; from < before.length; from += slotSize) {
      if (before[from] === 0) continue
      let slot = (((before[from + 1] ?? 0) >>> 1) << slotBits) & mask
      while (slots[slot] !== 0) slot = (slot + slotSize) & mask
      for (let at = 0; at < slotSize; at++) slots[slot + at] = before[from + at] ?? 0
    }
    this.#slots = slots
  }

  /** For a text whose letters are all words of their own, and take half as many bytes again once they are folded. */
  #makeRoom(textBytes: number): void {
    const words = Math.ceil(textBytes / 2) + 1
    this.#seen = withRoom(this.#seen, (this.#total + words) * 2)
    this.#ends = withRoom(this.#ends, this.#words + words)
    const bytes = this.#wordEnd() + textBytes * 2 + 4
    if (this.#bytes.length >= bytes) return
    const grown = new Uint8Array(grownTo(bytes))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}

/** Of the last bytes of a word, one half with the seed in it. */
function hashShort(low: number, high: number): number {
  let hash = Math.imul(low, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 15) ^ high, 0x85ebca77)
  return (hash ^ (hash >>> 13)) & ~1
}

/** The same numbers, with room for so many. */
export function withRoom(numbers: Int32Array<ArrayBuffer>, needed: number): Int32Array<ArrayBuffer> {
  if (numbers.length >= needed) return numbers
  const grown = new Int32Array(grownTo(needed))
  grown.set(numbers)
  return grown
}

function grownTo(needed: number): number {
  return Math.ceil(needed * 1.5)
}

/** The text is well-formed: it was written from a string. */
function decode(text: Uint8Array, at: number, length: number): number {
  const first = text[at] ?? 0
  const second = (text[at + 1] ?? 0) & 0x3f
  const third = (text[at + 2] ?? 0) & 0x3f
  if (length === 3) return ((first & 0x0f) << 12) | (second << 6) | third
  return ((first & 0x07) << 18) | (second << 12) | (third << 6) | ((text[at + 3] ?? 0) & 0x3f)
}

/** A code point that takes three or four bytes. */
function encode(codePoint: number, bytes: Uint8Array, start: number): number {
  let at = start
  if (codePoint < 0x10000) bytes[at++] = 0xe0 | (codePoint >>> 12)
  else {
    bytes[at++] = 0xf0 | (codePoint >>> 18)
    bytes[at++] = 0x80 | ((codePoint >>> 12) & 0x3f)
  }
  bytes[at++] = 0x80 | ((codePoint >>> 6) & 0x3f)
  bytes[at++] = 0x80 | (codePoint & 0x3f)
  return at
}
