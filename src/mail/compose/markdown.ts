import { Lexer, type Token, type Tokens } from 'marked'

/**
 * Markdown as a person writes it in mail, to the HTML beside it. The HTML is made here from tokens: what a person
 * quoted from a stranger cannot bring elements, images or scripts of its own along, and links lead to web and mail
 * only. Quoted lines are shown as they were, not read as Markdown.
 */
const textCharactersMax = 1_000_000
const depthMax = 20

const page = (body: string) =>
  `<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body style="font-family:sans-serif;line-height:1.4">\n${body}</body></html>\n`

/** The HTML of a text, or null where it says nothing that plain text does not say as well. */
export function markdownToHtml(text: string): string | null {
  if (text.length > textCharactersMax) return null
  const { body, signature } = cut(text.replace(/\r\n?/g, '\n'))
  const blocks = sections(body)
  const rendered = blocks.map(({ isQuote, lines }) => (isQuote ? quote(lines) : written(lines.join('\n'))))
  const isMarkedUp = rendered.some(({ isMarkedUp: marked }) => marked)
  if (!isMarkedUp) return null
  const foot = signature === null ? '' : `<div style="color:#666">-- <br>\n${lined(signature)}</div>\n`
  return page(rendered.map(({ html }) => html).join('') + foot)
}

interface Rendered {
  readonly html: string
  readonly isMarkedUp: boolean
}

/** A signature begins with a line of two dashes and a blank (RFC 3676 §4.3); what follows it as quotes is not its own. */
function cut(text: string): { body: string; signature: string | null } {
  const found = /^-- $/m.exec(text)
  if (found === null) return { body: text, signature: null }
  const rest = text.slice(found.index + 3)
  if (/^>|^-{5,}/m.test(rest)) return { body: text, signature: null }
  return { body: text.slice(0, found.index), signature: rest.trim() }
}

interface Section {
  readonly isQuote: boolean
  readonly lines: string[]
}

/** Quoted lines, signatures and what was forwarded stand apart from what is Markdown; fences hide what is in them. */
function sections(text: string): Section[] {
  const found: Section[] = []
  let fence: string | undefined
  let isVerbatim = false
  for (const line of text.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (mark !== undefined && !isVerbatim) {
      if (fence === undefined) fence = mark
      else if (mark.startsWith(fence)) fence = undefined
    }
    if (fence === undefined && (/^-- $/.test(line) || line === forwardedMark)) isVerbatim = true
    const isQuote = fence === undefined && (isVerbatim || line.startsWith('>'))
    const last = found.at(-1)
    if (last !== undefined && last.isQuote === isQuote) last.lines.push(line)
    else found.push({ isQuote, lines: [line] })
  }
  return found
}

/** The line that begins a message forwarded within the text; what follows is the other's, not Markdown. */
export const forwardedMark = '---------- Forwarded message ----------'

function quote(lines: readonly string[]): Rendered {
  const isQuoted = lines.some(line => line.startsWith('>'))
  const inside = lines.map(line => line.replace(/^> ?/, '')).join('\n')
  const style = 'margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex'
  return {
    html: isQuoted ? `<blockquote style="${style}">${lined(inside)}</blockquote>\n` : `<div>${lined(inside)}</div>\n`,
    isMarkedUp: false,
  }
}

function written(text: string): Rendered {
  const writer = new Writer()
  // The tokenizer recurses into what stands inside of what: deeper than people write is plain text.
  if (nesting(text) > depthMax) return { html: `<div>${lined(text)}</div>\n`, isMarkedUp: false }
  const html = writer.blocks(Lexer.lex(text, { gfm: true, breaks: true }), 0)
  return { html, isMarkedUp: writer.isMarkedUp }
}

/** How deep quotes and lists can nest at most, by what their lines begin with; brackets and marks count too. */
function nesting(text: string): number {
  let deepest = 0
  for (const line of text.split('\n')) {
    if (/^[-*_\s]+$/.test(line)) continue // a rule
    const lead = /^[\s>*+-]*(?:\d{1,9}[.)][\s>*+-]*)*/.exec(line)?.[0] ?? ''
    const marks = ['[', '*', '_', '~', '`'].map(mark => line.split(mark).length - 1)
    deepest = Math.max(deepest, lead.replace(/\s+/g, '').length, Math.max(...marks) > marksMax ? depthMax + 1 : 0)
  }
  return deepest
}

/** So many of one mark on a line are no emphasis and no link. */
const marksMax = 300

class Writer {
  /** Something stands here that plain text cannot show as well. */
  isMarkedUp = false

  blocks(tokens: readonly Token[], depth: number): string {
    return tokens.map(token => this.#block(token, depth)).join('')
  }

  #block(token: Token, depth: number): string {
    if (depth > depthMax) return escaped(token.raw)
    switch (token.type) {
      case 'space':
      case 'def':
      case 'checkbox':
        return ''
      case 'hr':
        return this.#marked('<hr>\n')
      case 'heading':
        return this.#marked(`<h${Number(token.depth)}>${this.#inside(token, depth)}</h${Number(token.depth)}>\n`)
      case 'code':
        return this.#marked(
          `<pre style="background:#f6f6f6;padding:.5em"><code>${escaped(String(token.text))}</code></pre>\n`,
        )
      case 'blockquote':
        return this.#marked(`<blockquote>${this.blocks(token.tokens ?? [], depth + 1)}</blockquote>\n`)
      case 'list':
        return this.#list(token as Tokens.List, depth)
      case 'table':
        return this.#table(token as Tokens.Table, depth)
      case 'paragraph':
        return `<p>${this.#inside(token, depth)}</p>\n`
      case 'text':
        return this.#inside(token, depth)
      default:
        return `<p>${escaped(token.raw)}</p>\n` // HTML among it: shown, never meant
    }
  }

  #list(list: Tokens.List, depth: number): string {
    const items = list.items.map(item => {
      const box = item.task ? (item.checked === true ? '\u2611 ' : '\u2610 ') : ''
      return `<li>${box}${this.blocks(item.tokens, depth + 1)}</li>\n`
    })
    const start = list.ordered && typeof list.start === 'number' && list.start !== 1 ? ` start="${list.start}"` : ''
    return this.#marked(list.ordered ? `<ol${start}>\n${items.join('')}</ol>\n` : `<ul>\n${items.join('')}</ul>\n`)
  }

  #table(table: Tokens.Table, depth: number): string {
    const cell = (tag: 'th' | 'td') => (one: Tokens.TableCell) =>
      `<${tag}>${this.#inlines(one.tokens, depth + 1)}</${tag}>`
    const rows = table.rows.map(row => `<tr>${row.map(cell('td')).join('')}</tr>\n`)
    return this.#marked(
      `<table border="1" cellpadding="4" style="border-collapse:collapse">\n<tr>${table.header.map(cell('th')).join('')}</tr>\n${rows.join('')}</table>\n`,
    )
  }

  #inside(token: Token, depth: number): string {
    return 'tokens' in token && token.tokens !== undefined ? this.#inlines(token.tokens, depth + 1) : escaped(token.raw)
  }

  #inlines(tokens: readonly Token[], depth: number): string {
    return tokens.map(token => this.#inline(token, depth)).join('')
  }

  #inline(token: Token, depth: number): string {
    if (depth > depthMax) return escaped(token.raw)
    switch (token.type) {
      case 'text':
        return 'tokens' in token && token.tokens !== undefined
          ? this.#inlines(token.tokens, depth + 1)
          : escaped(unescaped(String(token.text)))
      case 'escape':
        return escaped(unescaped(String(token.text)))
      case 'checkbox':
        return ''
      case 'br':
        return '<br>\n'
      case 'strong':
      case 'em':
      case 'del':
        return this.#marked(`<${token.type}>${this.#inside(token, depth)}</${token.type}>`)
      case 'codespan':
        return this.#marked(`<code>${escaped(String(token.text))}</code>`)
      case 'link':
        return this.#link(token as Tokens.Link, depth)
      default:
        return escaped(token.raw) // images and HTML among it: mail that fetches something says so to its sender
    }
  }

  #link(link: Tokens.Link, depth: number): string {
    const inside = this.#inside(link, depth)
    if (!/^(?:https?:\/\/|mailto:)[^\s<>"]+$/i.test(link.href)) return escaped(link.raw)
    if (link.text !== link.href && `mailto:${link.text}` !== link.href) this.isMarkedUp = true
    return `<a href="${escaped(link.href)}">${inside}</a>`
  }

  #marked(html: string): string {
    this.isMarkedUp = true
    return html
  }
}

/** Lines of plain text: breaks kept, indents too. */
function lined(text: string): string {
  return text
    .split('\n')
    .map(line => escaped(line).replace(/^ +| {2,}/g, blanks => '&nbsp;'.repeat(blanks.length)))
    .join('<br>\n')
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** The tokenizer has escaped some texts already, in some versions: they are escaped once, here. */
function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
