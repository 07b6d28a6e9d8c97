/**
 * Fingerprints by which copied text is found without keeping the text (winnowing, Schleimer, Wilkerson and Aiken 2003):
 * of each run of `windowPrints` overlapping pieces of `pieceLength` characters the smallest hash is kept. A shared run
 * of at least `pieceLength + windowPrints - 1` characters always shares a fingerprint; case, punctuation, blanks,
 * width and invisible characters do not count.
 */
export const pieceLength = 24
export const windowPrints = 16
/** Text beyond this is cut into parts by no sender: a message body has at most 16 MB, and this is plenty to recognise. */
export const textLengthMax = 400_000

export function fingerprints(text: string): ReadonlySet<number> {
  const plain = reduced(text)
  const prints = new Set<number>()
  const count = plain.length - pieceLength + 1
  if (count <= 0) return prints
  const hashes = pieceHashes(plain, count)
  for (let start = 0; start === 0 || start + windowPrints <= count; start++) {
    const end = Math.min(start + windowPrints, count)
    let least = hashes[start] ?? 0
    for (let i = start + 1; i < end; i++) least = Math.min(least, hashes[i] ?? least)
    prints.add(least)
  }
  return prints
}

/** True when the two texts share a run of about forty letters and digits. */
export function overlaps(prints: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  return !prints.isDisjointFrom(others)
}

/** Only what carries meaning: letters and digits, in one case and one width. */
export function reduced(text: string): string {
  return text
    .slice(0, textLengthMax)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

const base = 0x01000193

/** A rolling polynomial over 32 bits, mixed at the end so that the smallest is no particular letter. */
function pieceHashes(text: string, count: number): Uint32Array {
  const hashes = new Uint32Array(count)
  let leading = 1
  for (let i = 1; i < pieceLength; i++) leading = Math.imul(leading, base)
  let rolling = 0
  for (let i = 0; i < text.length; i++) {
    if (i >= pieceLength) rolling = (rolling - Math.imul(text.charCodeAt(i - pieceLength), leading)) | 0
    rolling = (Math.imul(rolling, base) + text.charCodeAt(i)) | 0
    if (i >= pieceLength - 1) hashes[i - pieceLength + 1] = mixed(rolling)
  }
  return hashes
}

function mixed(value: number): number {
  let hash = value ^ (value >>> 16)
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
