import { fillers, fillersButBlank, indexText, looksLikeHtml } from '../render/index.ts'
import { hasFiles, listAttachments } from './attachments.ts'
import type { Embedded } from './body/embedded.ts'
import { selectBody } from './body/select.ts'
import { readRawText } from './body/text.ts'
import type { Context } from './context.ts'
import type { Defect } from './defect.ts'
import { type Envelope, readEnvelope } from './envelope.ts'
import { firstValue } from './header/block.ts'
import { decodePhrase } from './header/encoded-word.ts'
import { inlinePgp, isTnef, protectionOf } from './kinds/protection.ts'
import { reportPart } from './kinds/report.ts'
import type { Attachment, MessageTraits, TextSource } from './message.ts'
import { calendarOf, isCalendarPart, type ParseOptions, someEntity } from './parse.ts'
import type { Entity } from './part/entity.ts'
import { readMessage } from './read.ts'

/** All that a mail store keeps of a message besides its raw bytes (mail-10 §3.2). */
export interface IndexedMessage extends Envelope, MessageTraits {
  /** Words for the index: text, HTML reduced to text, attached messages, invites. Line ends as they came. */
  readonly body: string
  readonly isBodyCut: boolean
  readonly textSource: TextSource
  /** The beginning of the body, on one line. */
  readonly snippet: string
  readonly quotedLines: number
  readonly links: number
  /** How much of the message is links: `heavy` from five on, or with fewer than 50 words a link. */
  readonly linkDensity: 'none' | 'some' | 'heavy'
  /** How to leave the list: the header's way or, without one, a link of the body. */
  readonly unsubscribe: Unsubscribe | null
  readonly attachments: readonly Attachment[]
  readonly defects: readonly Defect[]
  readonly size: number
}

export interface Unsubscribe {
  readonly kind: 'one_click' | 'mailto' | 'http_link' | 'body_link'
  readonly uri: string
}

const snippetMax = 200

/** Reads what an index and a list need, and nothing else. Never throws; linear in the size of the message. */
export function parseForIndex(raw: Uint8Array, options: ParseOptions = {}): IndexedMessage {
  const { context, root, selection, embedded } = readMessage(raw, options.limits)
  context.defects.enter(null)
  const envelope = readEnvelope(context, root.header)
  const attachments = listAttachments(context, selection, embedded)
  const body = new IndexBody(context, embedded)
  body.addParts(selection.text)
  if (body.isPoor)
    body.addParts(selection.html.filter(entity => entity.type === 'text/html' && !selection.text.includes(entity)))
  const textSource = body.source
  const ownText = body.text()
  const links = body.links + countLinks(ownText, textSource)
  body.addInvite(root)
  body.addAttachedMessages(selection.attachments, 0)
  const text = body.text()
  context.defects.enter(null)
  const protection = protectionOf(root) ?? inlinePgp(text)
  return {
    ...envelope,
    body: text,
    isBodyCut: body.isCut,
    textSource,
    snippet: snippetOf(text),
    quotedLines: countQuotedLines(text),
    links,
    linkDensity: densityOf(links, ownText),
    unsubscribe: unsubscribeOf(envelope, body.unsubscribeLink),
    attachments,
    hasAttachments: hasFiles(attachments),
    isCalendar: body.hasInvite,
    isReport: reportPart(root) !== undefined,
    isSigned: protection?.signed ?? false,
    isEncrypted: protection?.encrypted ?? false,
    hasTnef: someEntity(root, isTnef),
    defects: context.defects.list,
    size: raw.byteLength,
  }
}

/** A plain part that only says "see the HTML" leaves the message's words unfound. */
const poorBodyMax = 160
const attachedDepthMax = 8

class IndexBody {
  links = 0
  unsubscribeLink: string | null = null
  isCut = false
  hasInvite = false
  readonly #context: Context
  readonly #embedded: ReadonlyMap<Entity, readonly Embedded[]>
  readonly #pieces: string[] = []
  #length = 0
  #plain = 0
  #html = 0

  constructor(context: Context, embedded: ReadonlyMap<Entity, readonly Embedded[]>) {
    this.#context = context
    this.#embedded = embedded
  }

  get isPoor(): boolean {
    return this.#length < poorBodyMax
  }

  get source(): TextSource {
    if (this.#plain === 0) return this.#html === 0 ? 'none' : 'html'
    return this.#html === 0 ? 'plain' : 'mixed'
  }

  text(): string {
    return this.#pieces.length === 1 ? (this.#pieces[0] ?? '') : this.#pieces.join('\n')
  }

  addParts(parts: readonly Entity[]): void {
    for (const entity of parts) {
      if (entity.type === 'text/html') this.#addHtml(this.#read(entity, entity.bodyStart, entity.bodyEnd))
      else if (entity.type.startsWith('text/')) this.#addPlain(entity)
    }
  }

  addInvite(root: Entity): void {
    if (!someEntity(root, isCalendarPart)) return
    this.hasInvite = true
    const facts = calendarOf(this.#context, root)
    for (const word of [facts?.summary, facts?.location]) if (typeof word === 'string') this.#add(word)
  }

  /** A forwarded message is found by its subject, sender and text. */
  addAttachedMessages(attachments: readonly Entity[], depth: number): void {
    for (const entity of attachments) {
      const inner = entity.children[0]
      if (inner === undefined || !inner.isMessage || depth >= attachedDepthMax) continue
      for (const name of ['subject', 'from']) {
        const value = firstValue(inner.header, name)
        if (value !== undefined) this.#add(decodePhrase(this.#context, value))
      }
      const selection = selectBody(inner)
      this.addParts(selection.text)
      this.addAttachedMessages(selection.attachments, depth + 1)
    }
  }

  #read(entity: Entity, start: number, end: number): string {
    // What is over the index's limit is not decoded either: a character needs a byte at least.
    const left = (this.#context.limits.indexCharsMax - this.#length) * encodedBytesPerCharacterMax
    return readRawText(this.#context, entity, start, Math.min(end, start + left)).text
  }

  #addPlain(entity: Entity): void {
    let position = entity.bodyStart
    for (const file of this.#embedded.get(entity) ?? []) {
      this.#addText(this.#read(entity, position, file.start))
      position = file.end
    }
    this.#addText(this.#read(entity, position, entity.bodyEnd))
  }

  #addText(text: string): void {
    if (looksLikeHtml(text)) this.#addHtml(text)
    else {
      this.#plain++
      this.#add(text)
    }
  }

  #addHtml(html: string): void {
    this.#html++
    const reduced = indexText(html)
    this.links += reduced.links
    this.unsubscribeLink ??= reduced.unsubscribeLink
    this.#add(reduced.text)
  }

  #add(text: string): void {
    if (text === '') return
    const left = this.#context.limits.indexCharsMax - this.#length
    if (text.length > left) this.isCut = true
    if (left <= 0) return
    const kept = text.length > left ? text.slice(0, left) : text
    this.#pieces.push(kept.includes('\0') ? kept.replaceAll('\0', ' ') : kept)
    this.#length += kept.length
  }
}

/** A character of base64 in UTF-8 takes up to six bytes, one of quoted-printable up to twelve; HTML has tags besides. */
const encodedBytesPerCharacterMax = 16

const snippetSourceMax = 1000
/** Any run that is not already one plain space. */
const gap = new RegExp(`[${fillers}]{2,}|[${fillersButBlank}]`, 'g')

function snippetOf(text: string): string {
  const first = text
    .slice(0, snippetMax + 60)
    .replace(gap, ' ')
    .trim()
  if (first.length >= snippetMax || text.length <= snippetMax) return first.slice(0, snippetMax).trim()
  return text.slice(0, snippetSourceMax).replace(gap, ' ').trim().slice(0, snippetMax).trim()
}

const heavyLinks = 5
const wordsPerLinkMin = 50

function densityOf(links: number, text: string): 'none' | 'some' | 'heavy' {
  if (links === 0) return 'none'
  if (links >= heavyLinks) return 'heavy'
  const words = links * wordsPerLinkMin + 1
  return text.length > words * longWord || hasWords(text, words) ? 'some' : 'heavy'
}

/** A text that is this many times as long as it should have words has them; counting is for short ones. */
const longWord = 15

/** Whether there are at least so many words; it counts no further. */
function hasWords(text: string, wanted: number): boolean {
  let words = 0
  let isInside = false
  for (let index = 0; index < text.length; index++) {
    const isWord = text.charCodeAt(index) > 32
    if (isWord && !isInside && ++words >= wanted) return true
    isInside = isWord
  }
  return false
}

function countQuotedLines(text: string): number {
  let lines = text.charCodeAt(0) === 0x3e ? 1 : 0
  for (let at = text.indexOf('\n>'); at >= 0; at = text.indexOf('\n>', at + 1)) lines++
  return lines
}

/** Links that stand in plain text; those of HTML were counted where they are. */
function countLinks(text: string, source: TextSource): number {
  if (source === 'html') return 0
  let links = 0
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    if (text.startsWith('http', at - 4) || text.startsWith('https', at - 5)) links++
  }
  return links
}

function unsubscribeOf(envelope: Envelope, bodyLink: string | null): Unsubscribe | null {
  const { unsubscribe, oneClick } = envelope.list
  const https = unsubscribe.find(uri => /^https:/i.test(uri))
  if (oneClick && https !== undefined) return { kind: 'one_click', uri: https }
  const mailto = unsubscribe.find(uri => /^mailto:/i.test(uri))
  if (mailto !== undefined) return { kind: 'mailto', uri: mailto }
  const link = https ?? unsubscribe[0]
  if (link !== undefined) return { kind: 'http_link', uri: link }
  return bodyLink === null ? null : { kind: 'body_link', uri: bodyLink }
}
