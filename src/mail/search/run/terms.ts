import { foldForQuery, hasWords } from '../../store/folding.ts'
import { addressWord, domainWord, factWord } from '../../store/index-terms.ts'
import type { DiagnosticCode, Field, Term } from '../language/index.ts'
import { always, type Condition, never, sql } from './conditions.ts'
import type { Names } from './names.ts'

/** The index's columns for each field of the language. */
const columns: Readonly<Record<Field, string>> = {
  from: 'sender',
  to: 'recipient',
  cc: 'cc',
  bcc: 'bcc',
  deliveredto: 'delivered',
  subject: 'subject',
  body: 'body',
  filename: 'filename',
  list: 'list',
}
const peopleFields: ReadonlySet<Field> = new Set(['from', 'to', 'cc', 'bcc', 'deliveredto'])

export const everyMessage = quote(factWord('all'))

export function factMatch(name: string): Condition {
  return { kind: 'match', match: quote(factWord(name)) }
}

export interface TermContext {
  readonly names: Names
  readonly warn: (code: DiagnosticCode, message: string, suggestion?: string) => void
}

/** One word, phrase, start or piece, in one field or in all of them. */
export function termCondition(term: Term, field: Field | undefined, context: TermContext): Condition {
  const isPerson = field !== undefined && peopleFields.has(field)
  if (isPerson && term.form === 'word' && term.text.toLowerCase() === 'me') return ownAddresses(field, context)
  if (!hasWords(term.text)) return wordless(term, context)
  if (term.form === 'piece') return pieceCondition(term.text, field, context)
  if (term.form === 'prefix' && isShort(term.text)) return shortPrefix(term.text, field, context)
  const alternatives = [phrase(term.text, term.form === 'prefix')]
  if (term.form !== 'prefix' && (field === undefined || isPerson)) {
    const exact = addressForms(term.text)
    if (isPerson && exact.isWhole) alternatives.length = 0
    alternatives.push(...exact.words.map(quote))
  }
  return { kind: 'match', match: restricted(field, alternatives) }
}

/** For NEAR: a phrase without a field. */
export function nearPhrase(term: Term): string | undefined {
  return hasWords(term.text) ? phrase(term.text, false) : undefined
}

function restricted(field: Field | undefined, alternatives: readonly string[]): string {
  const joined = alternatives.length === 1 ? (alternatives[0] ?? '') : `(${alternatives.join(' OR ')})`
  return field === undefined ? joined : `${columns[field]} : ${joined}`
}

function phrase(text: string, isPrefix: boolean): string {
  const folded = foldForQuery(text)
  return isPrefix || folded.endsOpen ? `${quote(folded.text)} *` : quote(folded.text)
}

/** `ann@acme.com` and `Ann <ann@acme.com>` are one address; `@acme.com` and `acme.com` are everyone there. */
function addressForms(text: string): { words: string[]; isWhole: boolean } {
  const trimmed = /<([^<>\s]+@[^<>\s]+)>$/.exec(text)?.[1] ?? text
  if (/\s/.test(trimmed) || !trimmed.includes('.')) return { words: [], isWhole: false }
  const at = trimmed.lastIndexOf('@')
  if (at > 0) return { words: [addressWord(trimmed)], isWhole: /\.[^.]+$/.test(trimmed.slice(at)) }
  const domain = trimmed.slice(at + 1)
  return { words: [domainWord(domain)], isWhole: at === 0 }
}

function ownAddresses(field: Field, { names, warn }: TermContext): Condition {
  const addresses = names.ownAddresses()
  if (addresses.length === 0) {
    warn('no_own_address', '"me" means nothing yet: no account has an address of yours')
    return never
  }
  return { kind: 'match', match: restricted(field, addresses.map(addressWord).map(quote)) }
}

/** Punctuation is not looked at; a sign that somebody may really look for is not found. */
function wordless({ text }: Term, { warn }: TermContext): Condition {
  const isPunctuation = /^[\x00-\x7f\u2010-\u2027\u3001-\u3011]*$/.test(text)
  warn(
    'nothing_to_search',
    `"${text}" holds no letter and no digit${isPunctuation ? ': it is passed over' : ': it finds nothing'}`,
  )
  return isPunctuation ? always : never
}

function pieceCondition(text: string, field: Field | undefined, { names, warn }: TermContext): Condition {
  if ([...text].length < 3) {
    warn('short_prefix', 'a piece of a word has at least three letters')
    return never
  }
  const { words, areAll } = names.wordsHolding(text)
  if (!areAll) warn('too_many_words', `very many words hold "${text}": only the first ${words.length} are searched`)
  // Also as it stands: in scripts without blanks every piece is in the index.
  return {
    kind: 'match',
    match: restricted(
      field,
      [text, ...words].map(word => phrase(word, false)),
    ),
  }
}

function isShort(text: string): boolean {
  return text.length < 3 && /^[\x00-\x7f]*$/.test(text)
}

/** One or two letters begin half of all words: they are looked for where a person types ahead, not in bodies. */
function shortPrefix(text: string, field: Field | undefined, { warn }: TermContext): Condition {
  const column =
    field === 'subject'
      ? ['e.subject']
      : field === 'from'
        ? ["json_extract(e.people, '$[0]')"]
        : ['e.subject', 'e.people']
  if (field !== undefined && field !== 'subject' && field !== 'from') {
    return { kind: 'match', match: restricted(field, [phrase(text, true)]) }
  }
  if (field === undefined)
    warn('short_prefix', `"${text}*" looks at subjects and people only: it is too short for bodies`)
  const escaped = text.replace(/[\\%_]/g, '\\$&')
  const tests = column.flatMap(name => [' ', '"', '.', '-'].map(before => ({ name, like: `%${before}${escaped}%` })))
  const starts = column.includes('e.subject') ? [{ name: 'e.subject', like: `${escaped}%` }] : []
  const all = [...starts, ...tests]
  return sql(
    `EXISTS (SELECT 1 FROM envelopes e WHERE e.id = m.id AND (${all.map(({ name }) => `${name} LIKE ? ESCAPE '\\'`).join(' OR ')}))`,
    all.map(({ like }) => like),
  )
}

export function quote(text: string): string {
  return `"${text.replace(/[\x00"]/g, ' ')}"`
}
