import { indexText } from '../../render/index.ts'
import type { Context } from '../context.ts'
import { isTnef } from '../kinds/protection.ts'
import type { TextSource } from '../message.ts'
import type { Entity } from '../part/entity.ts'
import type { ReadMessage } from '../read.ts'
import type { Embedded } from './embedded.ts'
import { readText } from './text.ts'

export interface ComposedBody {
  readonly text: string | null
  readonly textSource: TextSource
  readonly html: string | null
}

/** Puts the selected parts together: text in sequence with HTML reduced to text, HTML in sequence with text escaped. */
export function composeBody({ context, selection, embedded }: ReadMessage, fromHtml: boolean): ComposedBody {
  const only = selection.text[0]
  if (
    selection.text.length === 1 &&
    selection.html.length === 1 &&
    only === selection.html[0] &&
    only?.type === 'text/plain'
  ) {
    return { text: plainText(context, only, embedded.get(only)), textSource: 'plain', html: null }
  }
  const decoded = new Map<Entity, string>()
  const textOf = (entity: Entity): string => {
    const known = decoded.get(entity)
    if (known !== undefined) return known
    const text =
      entity.type === 'text/html' ? readText(context, entity) : plainText(context, entity, embedded.get(entity))
    decoded.set(entity, text)
    return text
  }
  const texts = selection.text.filter(entity => isText(entity) && (fromHtml || entity.type !== 'text/html'))
  const htmls = selection.html.filter(isText)
  const htmlTexts = texts.filter(entity => entity.type === 'text/html').length
  const source = texts.length === 0 ? 'none' : htmlTexts === 0 ? 'plain' : htmlTexts === texts.length ? 'html' : 'mixed'
  const text = joined(
    texts.map(entity => (entity.type === 'text/html' ? indexText(textOf(entity)).text : textOf(entity))),
  )
  const hasHtml = htmls.some(entity => entity.type === 'text/html')
  const html = joined(htmls.map(entity => (entity.type === 'text/html' ? textOf(entity) : escaped(textOf(entity)))))
  return { text: texts.length === 0 ? null : text, textSource: source, html: hasHtml ? html : null }
}

/** The text of a plain part without the files that are written into it. */
function plainText(context: Context, entity: Entity, files: readonly Embedded[] | undefined): string {
  if (files === undefined) return readText(context, entity)
  const pieces: string[] = []
  let position = entity.bodyStart
  for (const file of files) {
    pieces.push(readText(context, entity, position, file.start))
    position = file.end
  }
  pieces.push(readText(context, entity, position, entity.bodyEnd))
  return pieces.join('')
}

/** Media in the flow of the text have no characters to give. */
function isText(entity: Entity): boolean {
  return entity.type.startsWith('text/') && !isTnef(entity)
}

function joined(parts: readonly string[]): string {
  let result = ''
  for (const part of parts) {
    if (part === '') continue
    result += result === '' || result.endsWith('\n') ? part : `\n${part}`
  }
  return result
}

function escaped(text: string): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<pre style="white-space:pre-wrap">${safe}</pre>\n`
}
