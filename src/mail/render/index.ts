/**
 * Rendering: what a message holds → what a person or a model reads of it.
 *
 * Lives here: HTML to text for an index, to plain text for a terminal, to Markdown for agents and export; the reader
 * view, which folds away what the sender did not write; facts about what was in the source and cannot be seen.
 * All of it works on strings, in linear time and bounded memory, without a library: mail is hostile input, and what
 * was hidden must be known, not only dropped.
 *
 * May never happen here: a fetch, a script, raw HTML in a result, text that a person could not see mixed into what
 * they can, content that is lost without a trace.
 */

export { bidiMarks, fillers, fillersButBlank, zeroWidthMarks } from './characters.ts'
export type { HiddenFacts, HiddenText } from './html/hidden.ts'
export { type IndexText, indexText } from './html/index-text.ts'
export type { LinkStyle } from './html/links.ts'
export { escapeMarkdown } from './html/markdown.ts'
export type { HiddenReason } from './html/style.ts'
export { type InvisibleFacts, invisibleFacts, stripInvisible } from './invisible.ts'
export { looksLikeHtml } from './looks-like-html.ts'
export {
  type Quote,
  type ReaderOptions,
  type ReaderView,
  type RemovedLines,
  readHtmlMessage,
  readPlain,
  type Stage,
} from './reader/index.ts'
export { htmlToMarkdown, htmlToText, type RenderedHtml, type RenderOptions, renderHtml, renderPlain } from './render.ts'
