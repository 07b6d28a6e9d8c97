import { printable, printableLine } from '#base/printable.ts'
import { type ParsedMessage, parseMessage } from '#mail/mime/index.ts'
import { readHtmlMessage, readPlain, renderHtml, renderPlain } from '#mail/render/index.ts'
import type { Output } from '../../session.ts'
import { fullAddress, longDate } from './words.ts'

export type View = 'reader' | 'text' | 'markdown' | 'html' | 'headers'

export interface Letter {
  readonly message: ParsedMessage
  readonly body: string
  /** What the reader view folded away: quotes, signature, footers. */
  readonly linesFolded: number
  /** Words that stand in the source and that a person would not have seen. */
  readonly hiddenCharacters: number
}

/** A message as it is read: which body, how rendered. Pure; text is still the sender's, unfit for a terminal as it is. */
export function readLetter(raw: Uint8Array, view: View): Letter {
  const message = parseMessage(raw, { textFromHtml: false })
  if (view === 'html') return { message, body: message.html ?? '', linesFolded: 0, hiddenCharacters: 0 }
  if (view === 'headers') return { message, body: '', linesFolded: 0, hiddenCharacters: 0 }
  const { html, text } = message
  if (html === null || (text !== null && view !== 'markdown')) return readPlainLetter(message, text ?? '', view)
  const rendered = renderHtml(html, { mode: view === 'markdown' ? 'markdown' : 'plain' })
  const hiddenCharacters = rendered.hidden.length
  if (view !== 'reader') return { message, body: rendered.text, linesFolded: 0, hiddenCharacters }
  const { content, linesOriginal, linesKept } = readHtmlMessage(html)
  return { message, body: content, linesFolded: linesOriginal - linesKept, hiddenCharacters }
}

function readPlainLetter(message: ParsedMessage, text: string, view: View): Letter {
  if (view !== 'reader') return { message, body: renderPlain(text).text, linesFolded: 0, hiddenCharacters: 0 }
  const { content, linesOriginal, linesKept } = readPlain(text)
  return { message, body: content, linesFolded: linesOriginal - linesKept, hiddenCharacters: 0 }
}

/** For a terminal: every character of the sender's is made harmless. */
export function letterText(
  { message, body, linesFolded, hiddenCharacters }: Letter,
  view: View,
  output: Output,
): string {
  if (view === 'html') return `${printable(body)}\n`
  const head = view === 'headers' ? message.headers.map(({ name, value }) => [name, value] as const) : heading(message)
  const lines = head.map(([name, value]) => `${printableLine(name)}: ${printableLine(value)}`)
  const files = message.attachments.filter(({ inline }) => !inline)
  for (const { part, filename, contentType } of view === 'headers' ? [] : files) {
    lines.push(`Attachment: ${part}  ${printableLine(filename ?? 'unnamed')} (${printableLine(contentType)})`)
  }
  if (hiddenCharacters > 0)
    lines.push(`Note: ${hiddenCharacters} characters in the source cannot be seen and are left out`)
  if (linesFolded > 0) output.talk(`${linesFolded} lines folded away (--view text shows all)`)
  return view === 'headers' ? `${lines.join('\n')}\n` : `${lines.join('\n')}\n\n${printable(body).trimEnd()}\n`
}

function heading(message: ParsedMessage): [string, string][] {
  const people = (list: ParsedMessage['to']) => list.map(fullAddress).join(', ')
  const rows: [string, string][] = [
    ['From', people(message.from)],
    ['To', people(message.to)],
    ['Cc', people(message.cc)],
    ['Subject', message.subject],
    ['Date', message.date === null ? '' : longDate(message.date.at)],
  ]
  return rows.filter(([, value]) => value !== '')
}
