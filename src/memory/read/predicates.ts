import type { ClockTime, Confidence } from '../canonical/record.ts'
import { confidenceOf } from '../compile/confidence.ts'
import type { Keyword, Keywords, RawValue } from '../language/form.ts'
import { Refusal } from '../refusal.ts'
import type { QueryError } from './query-error.ts'

/** What a query asks for, its words looked at, its names not yet looked up. */
export interface Predicates {
  kind?: 'sem' | 'pro' | 'epi' | 'inf'
  subject?: string
  predicate?: string
  episode?: { readonly relation: EpisodeRelation; readonly name: string }
  asOf?: ClockTime
  asCommitted?: ClockTime
  limit: number
  order: 'oldest' | 'newest'
  includeRetired: boolean
  includeProjected: boolean
  explainFiltered: boolean
  showFraming: boolean
  threshold: Confidence
}

export type EpisodeRelation = 'in_episode' | 'after_episode' | 'before_episode' | 'episode_chain'

const limitDefault = 1000
/** One half: below it an answer says that it rests on little. */
const thresholdDefault = 32_768

/** Reads the keywords in their order, the sorted one; refuses by `Refusal<QueryError>`. */
export function readPredicates(keywords: Keywords): Predicates {
  const predicates: Predicates = {
    limit: limitDefault,
    order: 'oldest',
    includeRetired: false,
    includeProjected: false,
    explainFiltered: false,
    showFraming: false,
    threshold: thresholdDefault,
  }
  let debug = false
  for (const keyword of keywords) {
    if (keyword.key === 'debug_mode') debug = boolean(keyword)
    else read(predicates, keyword)
  }
  if (debug) {
    predicates.explainFiltered = true
    predicates.showFraming = true
  }
  return predicates
}

function read(into: Predicates, keyword: Keyword): void {
  switch (keyword.key) {
    case 'kind':
      into.kind = kind(keyword)
      return
    case 's':
      into.subject = name(keyword)
      return
    case 'p':
      into.predicate = name(keyword)
      return
    case 'in_episode':
    case 'after_episode':
    case 'before_episode':
    case 'episode_chain':
      if (into.episode !== undefined) {
        const keyword = 'in_episode / after_episode / before_episode / episode_chain'
        refuse({ code: 'InvalidPredicate', keyword, reason: 'at most one Episode-scoped predicate per query' })
      }
      into.episode = { relation: keyword.key, name: name(keyword) }
      return
    case 'as_of':
      into.asOf = timestamp(keyword)
      return
    case 'as_committed':
      into.asCommitted = timestamp(keyword)
      return
    case 'limit':
      into.limit = limit(keyword)
      return
    case 'order':
      into.order = order(keyword)
      return
    case 'include_retired':
      into.includeRetired = boolean(keyword)
      return
    case 'include_projected':
      into.includeProjected = boolean(keyword)
      return
    case 'explain_filtered':
      into.explainFiltered = boolean(keyword)
      return
    case 'show_framing':
      into.showFraming = boolean(keyword)
      return
    case 'confidence_threshold':
      into.threshold = threshold(keyword)
      return
    default:
      refuse({ code: 'UnsupportedPredicate', predicate: keyword.key })
  }
}

function kind(keyword: Keyword): 'sem' | 'pro' | 'epi' | 'inf' {
  const word = wordOf(keyword.value) ?? invalid(keyword, 'expected a bareword (sem, pro, epi, inf)')
  if (word === 'sem' || word === 'pro' || word === 'epi' || word === 'inf') return word
  return refuse({ code: 'InvalidKind', got: word })
}

function order(keyword: Keyword): 'oldest' | 'newest' {
  const word = wordOf(keyword.value)
  return word === 'oldest' || word === 'newest' ? word : invalid(keyword, 'expected a bareword (oldest, newest)')
}

function wordOf(value: RawValue): string | undefined {
  if (value.type === 'bareword') return value.text
  return value.type === 'symbol' && value.kind === undefined ? value.name : undefined
}

function name(keyword: Keyword): string {
  const { value } = keyword
  if (value.type === 'symbol') return value.name
  return value.type === 'bareword' ? value.text : invalid(keyword, 'expected a symbol reference like @name')
}

function timestamp(keyword: Keyword): ClockTime {
  return keyword.value.type === 'timestamp' ? keyword.value.at : invalid(keyword, 'expected an ISO-8601 timestamp')
}

function limit(keyword: Keyword): number {
  const { value } = keyword
  if (value.type === 'integer' && value.value >= 0) return Number(value.value)
  return invalid(keyword, 'expected a non-negative integer')
}

function boolean(keyword: Keyword): boolean {
  return keyword.value.type === 'boolean' ? keyword.value.value : invalid(keyword, 'expected a boolean')
}

function threshold(keyword: Keyword): Confidence {
  const { value } = keyword
  const literal = value.type === 'float' || value.type === 'integer' ? Number(value.value) : Number.NaN
  const confidence = confidenceOf(literal)
  return confidence.ok ? confidence.value : invalid(keyword, 'expected a float in [0.0, 1.0]')
}

function invalid({ key }: Keyword, reason: string): never {
  return refuse({ code: 'InvalidPredicate', keyword: key, reason })
}

function refuse(error: QueryError): never {
  throw new Refusal(error)
}
