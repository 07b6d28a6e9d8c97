import { Buffer } from 'node:buffer'
import { lazily } from '#base/lazily.ts'
import { asOneWord, foldForIndex, wordsOf } from './folding.ts'
import type { Column } from './fts/index.ts'
import type { Address, AttachmentFacts, MessageDocument } from './incoming.ts'

/** What is kept of a message for its index entry until it is written. */
export interface IndexTerms {
  /** UTF-8: by far the longest, and bytes cost neither a thread nor SQLite a conversion. */
  readonly body: Uint8Array
  readonly facts: string
  /** Words in which a piece can be looked for. */
  readonly words: readonly string[]
}

const bodyCharsMax = 1 << 20
const shortTextCharsMax = 16_384
const addressesMax = 2_000
const wordsMax = 400

/** What the index holds of a message; computed by the workers, not by the writer. */
export function indexTerms(document: MessageDocument, sizeBytes: number, texts: TextSlabs): IndexTerms {
  const subject = document.subject.slice(0, shortTextCharsMax)
  const names = document.from.slice(0, 4).map(({ name, email }) => `${name ?? ''} ${email}`)
  return {
    body: texts.add(foldForIndex(document.text.slice(0, bodyCharsMax))),
    facts: factTerms(document, sizeBytes),
    words: [...new Set(wordsOf(`${subject} ${names.join(' ')} ${filenamesOf(document)}`))].slice(0, wordsMax),
  }
}

/** The texts of the index's columns, in the order of its schema. The short ones are made anew from the document. */
export function columnsOf(document: MessageDocument, { body, facts }: IndexTerms): readonly Column[] {
  return [
    foldForIndex(document.subject.slice(0, shortTextCharsMax)),
    peopleTerms(document.from),
    peopleTerms(document.to),
    peopleTerms(document.cc),
    peopleTerms(document.bcc),
    peopleTerms(document.deliveredTo.map(email => ({ name: null, email }))),
    foldForIndex(document.listId.slice(0, shortTextCharsMax)),
    foldForIndex(filenamesOf(document)),
    body,
    facts,
  ]
}

function filenamesOf({ attachments }: MessageDocument): string {
  const names = attachments.map(({ filename }) => filename)
  return names.join('\n').slice(0, shortTextCharsMax)
}

const slabBytes = 1 << 20
const bytesPerCharacterMax = 3

/** Texts in UTF-8, many to a buffer, since each buffer that changes threads costs as much as a short text. */
export class TextSlabs {
  readonly #slabs: Buffer[] = []
  #used = 0

  get buffers(): readonly ArrayBufferLike[] {
    return this.#slabs.map(({ buffer }) => buffer)
  }

  add(text: string): Uint8Array {
    const room = text.length * bytesPerCharacterMax
    let slab = this.#slabs.at(-1)
    if (slab === undefined || this.#used + room > slab.length) {
      slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, room))
      this.#slabs.push(slab)
      this.#used = 0
    }
    const start = this.#used
    this.#used += slab.write(text, start, 'utf8')
    return slab.subarray(start, this.#used)
  }
}

/**
 * A person is found by the words of the name and the address, by the whole address, and by its domain or a parent
 * of it. The latter two are words of their own, and the domain's words stand in reverse, so that `acme.com` is not
 * found in `acme.com.example`.
 */
function peopleTerms(people: readonly Address[]): string {
  let out = ''
  for (const { name, email } of people.slice(0, addressesMax)) {
    out += `${foldForIndex(name ?? '')} ${addressTerms(email)}\n`
    if (name?.includes('.') !== true) continue
    for (const dotted of name.match(dottedName()) ?? []) out += `${domainWord(dotted)}\n`
  }
  return out
}

const addressCharsMax = 320
const addressesKept = 20_000
/** The same people write again and again. */
const knownAddresses = new Map<string, string>()

function addressTerms(address: string): string {
  const known = knownAddresses.get(address)
  if (known !== undefined) return known
  const terms = makeAddressTerms(address)
  if (knownAddresses.size >= addressesKept) knownAddresses.clear()
  if (address.length <= addressCharsMax) knownAddresses.set(address, terms)
  return terms
}

function makeAddressTerms(address: string): string {
  const shortened = address.slice(0, addressCharsMax)
  const at = shortened.lastIndexOf('@')
  const local = foldForIndex(shortened.slice(0, Math.max(0, at)))
  const labels = shortened.slice(at + 1).split('.')
  const words = foldForIndex([...labels].reverse().join(' '))
  return `${local} ${words} ${addressWord(shortened)} ${domainsOf(labels).map(domainWord).join(' ')}`
}

const dottedName = lazily(() => /[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,4}/gu)

export function addressWord(address: string): string {
  return asOneWord(address)
}

export function domainWord(domain: string): string {
  return asOneWord(`@${domain}`)
}

/** A domain and those above it, down to two labels. */
function domainsOf(labels: readonly string[]): string[] {
  if (labels.length < 2) return []
  const depth = Math.min(labels.length - 1, 4)
  return Array.from({ length: depth }, (_, up) => labels.slice(up).join('.'))
}

/** A fact as a word of the `facts` column. */
export function factWord(name: string): string {
  let word = factWords.get(name)
  if (word === undefined) {
    word = asOneWord(`#${name}`)
    factWords.set(name, word)
  }
  return word
}

/** There are some fifty facts, and no mail brings new ones. */
const factWords = new Map<string, string>()

/** A message's size as a power of two, for `larger:` without reading every row. */
export function sizeStep(sizeBytes: number): number {
  return Math.max(0, Math.floor(Math.log2(Math.max(1, sizeBytes))))
}

export const sizeStepMax = 40

const documentTypes: readonly (readonly [string, RegExp])[] = [
  ['document', /msword|wordprocessingml|opendocument\.text|application\/(pdf|rtf)|google-apps\.document/],
  ['spreadsheet', /ms-excel|spreadsheetml|opendocument\.spreadsheet|text\/csv|google-apps\.spreadsheet/],
  ['presentation', /ms-powerpoint|presentationml|opendocument\.presentation|google-apps\.presentation/],
]
const linkedServices: readonly (readonly [string, RegExp])[] = [
  ['drive', /\b(?:drive|docs)\.google\.com\//i],
  ['document', /\bdocs\.google\.com\/document\//i],
  ['spreadsheet', /\bdocs\.google\.com\/spreadsheets\//i],
  ['presentation', /\bdocs\.google\.com\/presentation\//i],
  ['youtube', /\b(?:youtube\.com\/|youtu\.be\/)/i],
]
/** In all of the above; most mail has none, and is looked through once. */
const anyService = /google\.com\/|youtu/i

function factTerms(document: MessageDocument, sizeBytes: number): string {
  const facts = new Set(['all', `size${sizeStep(sizeBytes)}`])
  if (document.hasAttachments) facts.add('attachment')
  for (const attachment of document.attachments) attachmentFacts(attachment, facts)
  if (document.hasCalendar) facts.add('calendar')
  if (document.listId !== '') facts.add('list')
  facts.add(document.linkDensity === 'none' ? 'nolink' : 'link')
  if (document.linkDensity === 'heavy') facts.add('heavylink')
  if (document.linkDensity !== 'none' && anyService.test(document.text)) {
    for (const [name, pattern] of linkedServices) if (pattern.test(document.text)) facts.add(name)
  }
  return [...facts].map(factWord).join(' ')
}

function attachmentFacts({ contentType, inline }: AttachmentFacts, facts: Set<string>): void {
  if (contentType.startsWith('image/') && inline) facts.add('inline')
  if (contentType === 'text/calendar') facts.add('calendar')
  for (const [name, pattern] of documentTypes) if (pattern.test(contentType)) facts.add(name)
}
