import { parse } from '#memory/language/parser.ts'
import { renderLiteral } from '#memory/read/render.ts'
import type { Draft } from '../drafts/draft.ts'
import { MEMORY_HEADS } from '../surface.ts'

/**
 * What a draft proposes, by rules and without a model: each candidate is the text of one memory form. Whatever no rule
 * understands stays as evidence. Nothing here is trusted: every candidate is compiled and bounded afterwards.
 */
export interface Candidates {
  readonly forms: readonly string[]
  /** Pieces of the text, to be kept as evidence; empty when the forms say everything. */
  readonly evidence: readonly string[]
  /** The draft is nothing but these forms. */
  readonly isWritten?: boolean
  /** They are a model's, and would be others the next time: kept with the draft for a person's decision. */
  readonly isProposed?: boolean
  /** What the model is called. */
  readonly model?: string
}

const candidatesMax = 500
const pieceLength = 6_000
const piecesMax = 400
const factLine = /^\s*(?:[-*]\s+)?([\p{L}][\p{L}\p{N} _-]{0,60}?)\s*[:=]\s+(\S.{0,2000})$/u
const datedLine = /^\s*(?:[-*]\s+)?((?:19|20)\d\d-\d\d-\d\d)\s*[:—–-]\s+(\S.{0,2000})$/u
const headingLine = /^#{1,6}\s+(.{1,80})$/u

/** What was proposed of a draft: a model's forms as they were then, else what the rules find. */
export function candidatesFor(
  draft: Draft,
  kept: { proposalOf(id: string): readonly string[] | undefined },
): Candidates {
  const forms = kept.proposalOf(draft.id)
  return forms === undefined ? candidatesOf(draft) : { forms, evidence: piecesOf(draft.text), isProposed: true }
}

export function candidatesOf(draft: Draft): Candidates {
  const written = formsIn(draft.text)
  if (written !== undefined) return { forms: written, evidence: [], isWritten: true }
  const evidence = piecesOf(draft.text)
  const { subject: named, body } = frontMatter(draft.text)
  let subject = named
  const forms: string[] = []
  for (const line of body.split('\n')) {
    if (forms.length >= candidatesMax) break
    const heading = headingLine.exec(line)
    if (heading !== null) {
      subject = symbolOf(heading[1] ?? '') ?? named
      continue
    }
    const form = datedForm(line, subject, draft) ?? factForm(line, subject, draft)
    if (form !== undefined) forms.push(form)
  }
  return { forms, evidence }
}

/** The forms of a text that is nothing but memory forms; undefined for any other. */
function formsIn(text: string): readonly string[] | undefined {
  if (!text.trimStart().startsWith('(')) return undefined
  const parsed = parse(text)
  if (!parsed.ok || parsed.value.length === 0) return undefined
  if (!parsed.value.every(({ type }) => MEMORY_HEADS.some(head => head === type))) return undefined
  return split(text, parsed.value.length)
}

/** The text of each form: parentheses counted outside of strings and comments. The parser has accepted it already. */
function split(text: string, count: number): readonly string[] | undefined {
  const forms: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === ';') {
      i = text.indexOf('\n', i)
      if (i < 0) break
    } else if (character === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++
    } else if (character === '(') {
      if (depth++ === 0) start = i
    } else if (character === ')' && --depth === 0) {
      forms.push(text.slice(start, i + 1))
    }
  }
  return forms.length === count ? forms : undefined
}

function frontMatter(text: string): { readonly subject: string | undefined; readonly body: string } {
  const found = /^---\n([\s\S]{0,4000}?)\n---\n/.exec(text)
  if (found === null) return { subject: undefined, body: text }
  const head = found[1] ?? ''
  const about = /^(?:about|subject|name|entity):\s*(.{1,80})$/m.exec(head)?.[1]
  const rest = head
    .split('\n')
    .filter(line => !/^(?:about|subject|name|entity|type|title|tags|description|date):/.test(line))
    .join('\n')
  return { subject: about === undefined ? undefined : symbolOf(about), body: `${rest}\n${text.slice(found[0].length)}` }
}

function factForm(line: string, subject: string | undefined, draft: Draft): string | undefined {
  const found = subject === undefined ? null : factLine.exec(line)
  const predicate = found === null ? undefined : symbolOf(found[1] ?? '')
  if (found === null || predicate === undefined) return undefined
  return sem(`@${subject}`, predicate, (found[2] ?? '').trim(), instant(draft.submittedAt))
}

function datedForm(line: string, subject: string | undefined, draft: Draft): string | undefined {
  const found = datedLine.exec(line)
  const [, date = '', text = ''] = found ?? []
  if (found === null || Number.isNaN(Date.parse(date)) || Date.parse(date) > draft.submittedAt) return undefined
  return sem(`@${subject ?? 'timeline'}`, `on_${date.replaceAll('-', '_')}`, text.trim(), `${date}T00:00:00Z`)
}

function sem(subject: string, predicate: string, object: string, at: string): string {
  const text = renderLiteral({ type: 'string', value: object })
  return `(sem ${subject} ${predicate} ${text} :src @pending_verification :c 0.6 :v ${at})`
}

/** Times of the language have milliseconds; those of a draft are never before 1970. */
export function instant(at: number): string {
  return new Date(Math.max(0, at)).toISOString()
}

/** Latin letters and digits of one script, or nothing: a name that only looks like another must not become it. */
export function symbolOf(text: string): string | undefined {
  const plain = text
    .trim()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
  if (/[^\x20-\x7e]/.test(plain)) return undefined
  const name = plain.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '')
  if (name === '' || name.length > 60 || name.startsWith('draft_')) return undefined
  return /^[a-z]/.test(name) ? name : `n_${name}`
}

/** A whole text in pieces that are not too long for a record. */
export function piecesOf(text: string): readonly string[] {
  const pieces: string[] = []
  let start = 0
  while (start < text.length && pieces.length < piecesMax) {
    let end = Math.min(text.length, start + pieceLength)
    const lineEnd = end < text.length ? text.lastIndexOf('\n', end) : -1
    if (lineEnd > start + pieceLength / 2) end = lineEnd
    if (/[\ud800-\udbff]/.test(text[end - 1] ?? '')) end--
    pieces.push(text.slice(start, end))
    start = end
  }
  return pieces
}
