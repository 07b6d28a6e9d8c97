import { type ParsedMessage, parseMessage } from '../mime/index.ts'
import { readHtmlMessage, readPlain, renderHtml, renderPlain } from '../render/index.ts'

/**
 * A message as it is read: which of its bodies, and how that is rendered. Pure; what comes out is still the sender's
 * text, unfit for a terminal as it is.
 */
export const VIEWS = ['reader', 'text', 'markdown', 'html', 'headers'] as const
export type View = (typeof VIEWS)[number]

export interface Letter {
  readonly message: ParsedMessage
  readonly body: string
  /** What the reader view folded away: quotes, signature, footers. */
  readonly linesFolded: number
  /** Words that stand in the source and that a person would not have seen. */
  readonly hiddenCharacters: number
}

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
