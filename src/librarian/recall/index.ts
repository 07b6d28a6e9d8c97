import { closeness, spansIn } from './dates.ts'
import { relatedTo } from './related.ts'
import { termsOf } from './words.ts'

/**
 * Recall: which documents answer a question, by the words in them. Deterministic: no model, no chance, no clock but
 * the one given.
 *
 * A document is scored as a whole (BM25), by its best passage (BM25 over windows of its paragraphs or turns, because
 * an answer stands in one place of a long conversation), by pairs of the question's words that stand together in it,
 * and by the times that the question names. The four are joined on one scale, so that none drowns another. Words that
 * are related to the question's, and words of the best first hits, are looked for besides with little weight.
 */
export interface Document {
  readonly id: string
  readonly text: string
  /** Ms since the epoch: when it was said or written. */
  readonly at: number | undefined
  /** 0 to 1: how much it counts, for what was superseded or has faded. 1 when left out. */
  readonly weight?: number
}

export interface Hit {
  readonly id: string
  readonly score: number
  /** The passage that answers best: offsets into the text. */
  readonly passage: { readonly start: number; readonly end: number }
}

export interface RecallOptions {
  readonly limit: number
  /** Hits below this share of the best are left out. */
  readonly floor?: number
}

const k1 = 1.2
const b = 0.75
const weights = { whole: 1, passage: 0.9, pairs: 0.35, time: 1 } as const
/** A word that is only related to one of the question's counts so much beside it. */
const relatedWeight = 0.2
/** Paragraphs or turns in a window. */
const windowParts = 3
const passagesMax = 20_000
const queryTermsMax = 64
/** Words of a question at most so far apart in a text count as standing together. */
const pairReach = 8
/** Documents whose words widen the question (Lavrenko and Croft's relevance model, kept short), and by how much. */
const feedback = { documents: 3, terms: 8, weight: 0.15 } as const

export class RecallIndex {
  readonly #documents: readonly Indexed[]
  readonly #frequency = new Map<string, number>()
  readonly #postings = new Map<string, number[]>()
  readonly #averageLength: number
  readonly #averagePassage: number

  constructor(documents: readonly Document[]) {
    this.#documents = documents.map(indexed)
    for (const [at, { counts }] of this.#documents.entries()) {
      for (const term of counts.keys()) {
        this.#frequency.set(term, (this.#frequency.get(term) ?? 0) + 1)
        const postings = this.#postings.get(term)
        if (postings === undefined) this.#postings.set(term, [at])
        else postings.push(at)
      }
    }
    this.#averageLength = average(this.#documents.map(({ length }) => length))
    this.#averagePassage = average(this.#documents.flatMap(({ passages }) => passages.map(({ length }) => length)))
  }

  get size(): number {
    return this.#documents.length
  }

  /** The best first; equal ones by their time, the newest first, then by id. */
  search(question: string, { limit, floor = 0 }: RecallOptions): readonly Hit[] {
    const terms = termsOf(question).slice(0, queryTermsMax)
    const query = new Map<string, number>()
    for (const { text } of terms) for (const related of relatedTo(text)) query.set(related, relatedWeight)
    for (const { text } of terms) query.set(text, 1)
    const first = this.#ranked(
      query,
      terms.map(({ text }) => text),
      question,
    )
    const widened = this.#widened(query, first)
    const ranked =
      widened === undefined
        ? first
        : this.#ranked(
            widened,
            terms.map(({ text }) => text),
            question,
          )
    const best = ranked[0]?.score ?? 0
    return ranked
      .filter(({ score }) => score > 0 && score >= best * floor)
      .slice(0, limit)
      .map(({ document, score, passage }) => ({ id: document.id, score, passage }))
  }

  #ranked(query: ReadonlyMap<string, number>, order: readonly string[], question: string): Ranked[] {
    const spans = spansIn(question)
    const candidates = new Set([...query.keys()].flatMap(term => this.#postings.get(term) ?? []))
    const scored = [...candidates].map(at => this.#scored(this.#documents[at] as Indexed, query, order))
    // Each part on a scale from 0 to 1, so that the weights mean what they say.
    const most = {
      whole: Math.max(1e-9, ...scored.map(({ whole }) => whole)),
      best: Math.max(1e-9, ...scored.map(({ best }) => best)),
      pairs: Math.max(1e-9, ...scored.map(({ pairs }) => pairs)),
    }
    const ranked = scored.map(({ document, whole, best, pairs, passage }) => {
      const near =
        document.at === undefined
          ? 0
          : Math.max(0, ...spans.map(span => span.weight * closeness(document.at ?? 0, span)))
      const parts =
        weights.whole * (whole / most.whole) +
        weights.passage * (best / most.best) +
        weights.pairs * (pairs / most.pairs) +
        weights.time * near
      return { document, score: parts * document.weight, passage }
    })
    return ranked.sort(
      (one, other) =>
        other.score - one.score ||
        (other.document.at ?? 0) - (one.document.at ?? 0) ||
        (one.document.id < other.document.id ? -1 : 1),
    )
  }

  #scored(document: Indexed, query: ReadonlyMap<string, number>, order: readonly string[]): Scored {
    let whole = 0
    for (const [term, weight] of query) {
      const count = document.counts.get(term)
      if (count !== undefined)
        whole += weight * this.#weight(term) * saturated(count, document.length, this.#averageLength)
    }
    let best = 0
    let passage = { start: 0, end: Math.min(document.text.length, 280) }
    for (const { counts, length, start, end } of document.passages) {
      let score = 0
      for (const [term, weight] of query) {
        const count = counts.get(term)
        if (count !== undefined) score += weight * this.#weight(term) * saturated(count, length, this.#averagePassage)
      }
      if (score > best) {
        best = score
        passage = { start, end }
      }
    }
    return { document, whole, best, pairs: this.#pairs(document, order), passage }
  }

  /** Neighbours in the question that are neighbours in the text: a name and its surname, a thing and its kind. */
  #pairs({ places }: Indexed, order: readonly string[]): number {
    let score = 0
    for (let i = 0; i + 1 < order.length; i++) {
      const [one = '', other = ''] = [order[i], order[i + 1]]
      const [left, right] = [places.get(one), places.get(other)]
      if (one === other || left === undefined || right === undefined) continue
      const distance = nearest(left, right)
      if (distance <= pairReach) score += Math.min(this.#weight(one), this.#weight(other)) / distance
    }
    return score
  }

  #widened(query: ReadonlyMap<string, number>, ranked: readonly Ranked[]): ReadonlyMap<string, number> | undefined {
    const top = ranked.slice(0, feedback.documents)
    if (top.length < feedback.documents || query.size === 0) return undefined
    const scores = new Map<string, number>()
    for (const { document, score } of top) {
      const passage = document.passages.find(
        ({ start }) => start === ranked.find(each => each.document === document)?.passage.start,
      )
      for (const [term, count] of passage?.counts ?? []) {
        if (query.has(term)) continue
        scores.set(term, (scores.get(term) ?? 0) + score * Math.min(count, 3) * this.#weight(term))
      }
    }
    // A word that only one of them has says more of that document than of the question.
    const shared = [...scores].filter(([term]) => top.filter(({ document }) => document.counts.has(term)).length >= 2)
    const chosen = shared.sort((a, c) => c[1] - a[1] || (a[0] < c[0] ? -1 : 1)).slice(0, feedback.terms)
    if (chosen.length === 0) return undefined
    return new Map([...query, ...chosen.map(([term]) => [term, feedback.weight] as const)])
  }

  /** Inverse document frequency, never negative: a word in every document says little, and never speaks against. */
  #weight(term: string): number {
    const frequency = this.#frequency.get(term) ?? 0
    return Math.log(1 + (this.#documents.length - frequency + 0.5) / (frequency + 0.5))
  }
}

interface Indexed {
  readonly id: string
  readonly text: string
  readonly at: number | undefined
  readonly weight: number
  readonly counts: ReadonlyMap<string, number>
  readonly places: ReadonlyMap<string, readonly number[]>
  readonly length: number
  readonly passages: readonly Passage[]
}

interface Passage {
  readonly counts: ReadonlyMap<string, number>
  readonly length: number
  readonly start: number
  readonly end: number
}

interface Scored {
  readonly document: Indexed
  readonly whole: number
  readonly best: number
  readonly pairs: number
  readonly passage: Hit['passage']
}

interface Ranked {
  readonly document: Indexed
  readonly score: number
  readonly passage: Hit['passage']
}

function indexed({ id, text, at, weight = 1 }: Document): Indexed {
  const terms = termsOf(text)
  const places = new Map<string, number[]>()
  for (const { text: term, at: place } of terms) {
    const known = places.get(term)
    if (known === undefined) places.set(term, [place])
    else known.push(place)
  }
  const counts = new Map([...places].map(([term, found]) => [term, found.length]))
  return { id, text, at, weight, counts, places, length: terms.length, passages: passagesOf(text) }
}

/** Windows of paragraphs, or of lines where there are no paragraphs; they overlap, so that nothing falls between two. */
function passagesOf(text: string): readonly Passage[] {
  const parts = partsOf(text).slice(0, passagesMax)
  const counted = parts.map(part => ({ ...part, terms: termsOf(text.slice(part.start, part.end)) }))
  return counted.map((_, from) => {
    const window = counted.slice(from, from + windowParts)
    const counts = new Map<string, number>()
    for (const { terms } of window) for (const { text: term } of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
    const length = window.reduce((sum, { terms }) => sum + terms.length, 0)
    return { counts, length, start: window[0]?.start ?? 0, end: window.at(-1)?.end ?? 0 }
  })
}

function partsOf(text: string): { readonly start: number; readonly end: number }[] {
  const separator = text.includes('\n') ? /\n+/g : /(?<=[.!?。！？])\s+/g
  const parts: { start: number; end: number }[] = []
  let start = 0
  for (const { index, 0: match } of text.matchAll(separator)) {
    if (index > start) parts.push({ start, end: index })
    start = index + match.length
  }
  if (start < text.length) parts.push({ start, end: text.length })
  return parts
}

function saturated(count: number, length: number, averageLength: number): number {
  return (count * (k1 + 1)) / (count + k1 * (1 - b + b * (length / Math.max(1, averageLength))))
}

/** The smallest distance between two sorted lists of places. */
function nearest(left: readonly number[], right: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const [one = 0, other = 0] = [left[i], right[j]]
    least = Math.min(least, Math.abs(one - other))
    if (one < other) i++
    else j++
  }
  return Math.max(1, least)
}

function average(numbers: readonly number[]): number {
  return numbers.length === 0 ? 1 : numbers.reduce((sum, each) => sum + each, 0) / numbers.length
}
