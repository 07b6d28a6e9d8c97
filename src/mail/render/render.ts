import type { HiddenFacts } from './html/hidden.ts'
import type { LinkStyle } from './html/links.ts'
import { renderTree } from './html/render.ts'
import { type HtmlLimits, htmlLimits, readHtml } from './html/tree.ts'
import { type InvisibleFacts, invisibleFacts, stripInvisible } from './invisible.ts'

export interface RenderOptions {
  readonly mode?: 'plain' | 'markdown'
  /** Default: `references` for plain text, `inline` for Markdown. For a model: `host`. */
  readonly links?: LinkStyle
  /** Columns to wrap plain text at; 0, the default, does not wrap. */
  readonly width?: number
  readonly charsMax?: number
  readonly limits?: HtmlLimits
}

export interface RenderedHtml {
  readonly text: string
  /** Where the links lead, in order. */
  readonly links: readonly string[]
  readonly remoteImages: number
  /** What the source holds that a person would not have seen. It is not in `text`. */
  readonly hidden: HiddenFacts
  /** Invisible characters that were taken out of what is seen. */
  readonly invisible: InvisibleFacts
  readonly isCut: boolean
}

const charsMaxDefault = 1024 * 1024

/**
 * Renders HTML as plain text or Markdown. Never throws, never fetches; the work is linear in the source and the
 * result is bounded, so that no worker or timeout has to guard it.
 *
 * @example renderHtml('<p>Hi <b>Ann</b></p>', { mode: 'markdown' }).text // 'Hi **Ann**'
 */
export function renderHtml(html: string, options: RenderOptions = {}): RenderedHtml {
  const mode = options.mode ?? 'plain'
  const document = readHtml(html, options.limits ?? htmlLimits)
  const rendering = renderTree(document.root, {
    mode,
    links: options.links ?? (mode === 'plain' ? 'references' : 'inline'),
    width: options.width ?? 0,
    charsMax: options.charsMax ?? charsMaxDefault,
  })
  const text = rendering.lines.map(line => line.text.replaceAll('\u00a0', ' ').trimEnd()).join('\n')
  return {
    text: tidy(text),
    links: rendering.links,
    remoteImages: rendering.remoteImages,
    hidden: document.hidden,
    invisible: invisibleFacts(text),
    isCut: document.isCut || rendering.isCut,
  }
}

/** The words of a piece of HTML, links left out. */
export function htmlToText(html: string): string {
  return renderHtml(html, { links: 'none' }).text
}

export function htmlToMarkdown(html: string): string {
  return renderHtml(html, { mode: 'markdown' }).text
}

/** Plain text as it may be shown: invisible characters taken out and counted. */
export function renderPlain(text: string): { readonly text: string; readonly invisible: InvisibleFacts } {
  return { text: stripInvisible(text), invisible: invisibleFacts(text) }
}

function tidy(text: string): string {
  return stripInvisible(text)
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
