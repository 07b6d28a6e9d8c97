import { type ParsedMessage, parseMessage } from '../mime/index.ts'
import { type InvisibleFacts, readHtmlMessage, readPlain, renderHtml, renderPlain } from '../render/index.ts'

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
  /** What stands in the source and a person would not have seen: hidden text, invisible characters. */
  readonly hiddenCharacters: number
  /** Pictures that a program which shows them would fetch, and so tell the sender that it did. */
  readonly remoteImages: number
}

export function readLetter(raw: Uint8Array, view: View): Letter {
  const message = parseMessage(raw, { textFromHtml: false })
  const { html, text } = message
  if (view === 'headers') return { ...untouched, message, body: '' }
  if (view === 'html') return { ...untouched, message, body: html ?? '' }
  if (html === null || (text !== null && view !== 'markdown')) return readPlainLetter(message, text ?? '', view)
  const rendered = renderHtml(html, { mode: view === 'markdown' ? 'markdown' : 'plain' })
  const { remoteImages } = rendered
  const hiddenCharacters = rendered.hidden.length + sumOf(rendered.invisible)
  if (view !== 'reader') return { message, body: rendered.text, linesFolded: 0, hiddenCharacters, remoteImages }
  const { content, linesOriginal, linesKept } = readHtmlMessage(html)
  return { message, body: content, linesFolded: linesOriginal - linesKept, hiddenCharacters, remoteImages }
}

const untouched = { linesFolded: 0, hiddenCharacters: 0, remoteImages: 0 } as const

function readPlainLetter(message: ParsedMessage, text: string, view: View): Letter {
  const rendered = renderPlain(text)
  const facts = { ...untouched, message, hiddenCharacters: sumOf(rendered.invisible) }
  if (view !== 'reader') return { ...facts, body: rendered.text }
  const { content, linesOriginal, linesKept } = readPlain(text)
  return { ...facts, body: content, linesFolded: linesOriginal - linesKept }
}

function sumOf({ zeroWidth, bidi, tags, controls }: InvisibleFacts): number {
  return zeroWidth + bidi + tags + controls
}
