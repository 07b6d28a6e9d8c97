import { codesIn, hasCode } from './content/codes.ts'
import { fingerprints, textLengthMax } from './content/fingerprints.ts'

/**
 * The untrusted sources that a session has read. A value: reading makes a larger one. It holds hashes and addresses,
 * no text, so that it can be kept and looked at without becoming a second mailbox.
 */
export interface Taint {
  readonly sources: readonly Source[]
  /** Sources that were read beyond `sourcesMax`: their content is unknown, so everything outward is held. */
  readonly overflow: number
}

export interface Source {
  readonly kind: 'message' | 'attachment' | 'memory'
  /** The id of the message or record. */
  readonly id: string
  /** Who wrote it, lower case; '' where nobody knows. */
  readonly author: string
  /** Everybody who has seen it anyway: its author, its visible recipients, the person. */
  readonly audience: readonly string[]
  /** By the person's own hand: taints nothing. */
  readonly own: boolean
  /** For memory: nobody has confirmed it. */
  readonly unconfirmed?: boolean
  readonly prints: ReadonlySet<number>
  readonly codes: ReadonlySet<string>
}

export const untainted: Taint = { sources: [], overflow: 0 }

/** Fingerprints of one source are some bytes for each sixteen characters; this many stay within tens of megabytes. */
export const sourcesMax = 2_000

export interface Reading {
  readonly kind: Source['kind']
  readonly id: string
  readonly author: string
  readonly audience: readonly string[]
  readonly own: boolean
  readonly unconfirmed?: boolean
  /** What was handed out. */
  readonly text: string
}

/** The taint after `reading`. The same id read again adds what was not handed out before. */
export function afterReading(taint: Taint, reading: Reading): Taint {
  const read = withSource(taint, sourceOf(reading))
  // Of a longer text the rest is not looked at, so nobody could tell it again.
  return reading.own || reading.text.length <= textLengthMax ? read : { ...read, overflow: read.overflow + 1 }
}

/** What two have read. */
export function together(one: Taint, other: Taint): Taint {
  return other.sources.reduce(withSource, { ...one, overflow: one.overflow + other.overflow })
}

/**
 * What of a taint a text takes along when it is put aside: what it copies, and that there was more, as much as the
 * rules of what leaves ask about.
 */
export function carriedBy(text: string, { sources, overflow }: Taint): Taint {
  const prints = fingerprints(text)
  const foreign = sources
    .filter(({ own }) => !own)
    .map(source => ({
      ...source,
      prints: source.prints.intersection(prints),
      codes: new Set(source.codes.values().filter(code => hasCode(text, new Set([code])))),
    }))
  const [copied, others] = [foreign.filter(isCopied), foreign.filter(source => !isCopied(source))]
  const unconfirmed = others.filter(({ unconfirmed: isSo }) => isSo === true)
  const confirmed = others.filter(({ unconfirmed: isSo }) => isSo !== true)
  const long = text.length > textLengthMax && foreign.length > 0 ? 1 : 0
  return { sources: [...copied, ...[...unconfirmed, ...confirmed].slice(0, othersMax)], overflow: overflow + long }
}

/** More of them would hold nothing more (`bulk_read`). */
const othersMax = 21

function isCopied({ prints, codes }: Source): boolean {
  return prints.size + codes.size > 0
}

function withSource(taint: Taint, source: Source): Taint {
  const known = taint.sources.findIndex(({ id, kind }) => id === source.id && kind === source.kind)
  const before = known < 0 ? undefined : taint.sources[known]
  if (before !== undefined) return { ...taint, sources: taint.sources.with(known, joined(before, source)) }
  if (taint.sources.length >= sourcesMax) return { ...taint, overflow: taint.overflow + 1 }
  return { ...taint, sources: [...taint.sources, source] }
}

/** Sources that somebody other than the person wrote. */
export function foreignSources({ sources }: Taint): readonly Source[] {
  return sources.filter(({ own }) => !own)
}

function sourceOf({ text, ...facts }: Reading): Source {
  return { ...facts, prints: fingerprints(text), codes: codesIn(text) }
}

/** Of what was told about a source at different times the worst counts: who was first must not vouch for the rest. */
function joined(before: Source, now: Source): Source {
  const isUnconfirmed = before.unconfirmed === true || now.unconfirmed === true
  return {
    ...before,
    author: before.author === now.author ? before.author : '',
    audience: before.audience.filter(address => now.audience.includes(address)),
    own: before.own && now.own,
    ...(isUnconfirmed ? { unconfirmed: true } : {}),
    prints: before.prints.union(now.prints),
    codes: before.codes.union(now.codes),
  }
}
