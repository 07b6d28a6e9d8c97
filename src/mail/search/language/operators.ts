import { nearest } from '#base/nearest.ts'
import {
  type AgeBound,
  CATEGORIES,
  type DateBound,
  FIELDS,
  PLACES,
  POSSESSIONS,
  type Query,
  STATES,
  type Term,
} from './ast.ts'
import type { DiagnosticCode } from './diagnostics.ts'
import { parseAge, parseDay, parseSize } from './values.ts'

/** What is wrong with a value; the parser knows where it stands. */
export interface Refused {
  readonly code: DiagnosticCode
  readonly message: string
  readonly suggestion?: string
}

type Meaning = (value: Term, operator: string) => Query | Refused

const meanings = new Map<string, Meaning>()

for (const field of FIELDS) meanings.set(field, term => ({ kind: 'field', field, term }))
for (const [operator, kind] of [
  ['label', 'label'],
  ['account', 'account'],
  ['thread', 'thread'],
  ['id', 'id'],
] as const) {
  meanings.set(operator, ({ text }) => ({ kind, name: text }))
}
meanings.set('rfc822msgid', ({ text }) => ({ kind: 'messageId', name: text.replace(/^<|>$/g, '').toLowerCase() }))
meanings.set('is', ({ text }) => readState(text))
meanings.set('in', ({ text }) => readPlace(text))
meanings.set('has', ({ text }) => readPossession(text))
meanings.set('category', ({ text }) => readCategory(text))
meanings.set('size', ({ text }) => readSize(text, undefined))
meanings.set('larger', ({ text }) => readSize(text, '>'))
meanings.set('smaller', ({ text }) => readSize(text, '<'))
meanings.set('after', ({ text }) => readDate(text, 'after'))
meanings.set('before', ({ text }) => readDate(text, 'before'))
meanings.set('date', ({ text }) => readDate(text, 'on'))
meanings.set('newer_than', ({ text }) => readAge(text, 'newer'))
meanings.set('older_than', ({ text }) => readAge(text, 'older'))
meanings.set('newer', ({ text }) => readAgeOrDate(text, 'newer', 'after'))
meanings.set('older', ({ text }) => readAgeOrDate(text, 'older', 'before'))

export const OPERATORS: readonly string[] = [...meanings.keys()]

export function isOperator(name: string): boolean {
  return meanings.has(name.toLowerCase())
}

export function meaningOf(operator: string, value: Term): Query | Refused {
  const meaning = meanings.get(operator)
  if (meaning === undefined) throw new RangeError('the scanner let an unknown operator through')
  return meaning(value, operator)
}

const stateAliases: Readonly<Record<string, string>> = {
  drafts: 'draft',
  deleted: 'trash',
  junk: 'spam',
  replied: 'answered',
  archive: 'archived',
}

function readState(text: string): Query | Refused {
  if (text.startsWith('$') && text.length > 1) return { kind: 'keyword', name: text }
  const word = canonical(text)
  const state = STATES.find(known => known === (stateAliases[word] ?? word))
  return state === undefined ? unknown('is', text, [...STATES, ...Object.keys(stateAliases)]) : { kind: 'is', state }
}

const placeAliases: Readonly<Record<string, string>> = {
  all: 'anywhere',
  allmail: 'anywhere',
  'all-mail': 'anywhere',
  draft: 'drafts',
  deleted: 'trash',
  junk: 'spam',
  archived: 'archive',
}

function readPlace(text: string): Query | Refused {
  const word = canonical(text)
  if (word === 'nowhere') return { kind: 'none' }
  const place = PLACES.find(known => known === (placeAliases[word] ?? word))
  if (place !== undefined) return { kind: 'in', place }
  const refused = unknown('in', text, [...PLACES, ...Object.keys(placeAliases)])
  return refused.suggestion === undefined ? { ...refused, suggestion: `label:${text}` } : refused
}

const possessionAliases: Readonly<Record<string, string>> = {
  attachments: 'attachment',
  invite: 'calendar',
  invites: 'calendar',
  links: 'link',
  'links-heavy': 'link-heavy',
  linkheavy: 'link-heavy',
  'link-none': 'no-link',
  'no-links': 'no-link',
  linkfree: 'no-link',
  'link-free': 'no-link',
  image: 'inline',
  'inline-image': 'inline',
  'inline-images': 'inline',
}

function readPossession(text: string): Query | Refused {
  const word = canonical(text)
  const what = POSSESSIONS.find(known => known === (possessionAliases[word] ?? word))
  if (what !== undefined) return { kind: 'has', what }
  return unknown('has', text, [...POSSESSIONS, ...Object.keys(possessionAliases)])
}

function readCategory(text: string): Query | Refused {
  const word = canonical(text)
  const category = CATEGORIES.find(known => known === (word === 'primary' ? 'personal' : word))
  return category === undefined ? unknown('category', text, [...CATEGORIES, 'primary']) : { kind: 'category', category }
}

function readSize(text: string, compare: '>' | '<' | undefined): Query | Refused {
  const size = compare !== undefined && /^[<>=]/.test(text) ? undefined : parseSize(text)
  if (size !== undefined) return { kind: 'size', compare: compare ?? size.compare, bytes: size.bytes }
  return { code: 'invalid_size', message: `"${text}" is no size: write 500k, 5m or 1.5g` }
}

function readDate(text: string, bound: DateBound): Query | Refused {
  const day = parseDay(text)
  if (day !== undefined) return { kind: 'date', bound, day }
  const message = `"${text}" is no date: write 2026-03-01, 2026-03, 2026, today, yesterday, this-week or this-month`
  if (parseAge(text) === undefined || bound === 'on') return { code: 'invalid_date', message }
  return { code: 'invalid_date', message, suggestion: `${bound === 'after' ? 'newer_than' : 'older_than'}:${text}` }
}

function readAge(text: string, bound: AgeBound): Query | Refused {
  const age = parseAge(text)
  if (age !== undefined) return { kind: 'age', bound, ...age }
  const message = `"${text}" is no age: write 30min, 6h, 7d, 2w, 3m or 1y`
  if (parseDay(text) === undefined) return { code: 'invalid_date', message }
  return { code: 'invalid_date', message, suggestion: `${bound === 'newer' ? 'after' : 'before'}:${text}` }
}

function readAgeOrDate(text: string, age: AgeBound, date: DateBound): Query | Refused {
  return parseAge(text) === undefined ? readDate(text, date) : readAge(text, age)
}

function unknown(operator: string, text: string, known: readonly string[]): Refused {
  const close = nearest(canonical(text), known)
  const message = `${operator}: does not know "${text}"`
  return close === undefined
    ? { code: 'unknown_value', message }
    : { code: 'unknown_value', message, suggestion: `${operator}:${close}` }
}

function canonical(text: string): string {
  return text.toLowerCase().replaceAll('_', '-')
}
