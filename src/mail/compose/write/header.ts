import { Buffer } from 'node:buffer'
import type { Mailbox } from '../mailbox.ts'

/**
 * Header fields as bytes on the wire (RFC 5322 §2.2): ASCII, lines of at most 78 characters where that is possible,
 * encoded words (RFC 2047) for everything else. A value that could end its line is a bug by the time it gets here, and
 * throws: what follows such a line would be a header of somebody else's making.
 */
const lineMax = 78
const encodedWordMax = 75
const tokenMax = 900

/** Free text, such as a subject. */
export function textField(name: string, value: string): string {
  refuseBreaks(name, value)
  const isPlain = /^[\x20-\x7e\t]*$/.test(value) && !value.includes('=?') && !/\S{901}/.test(value)
  if (isPlain && !/^\s|\s$|\s{2}/.test(value)) return fold(`${name}:`, value.split(' '))
  return fold(`${name}:`, encodedWords(value))
}

/** A list of mailboxes. */
export function mailboxField(name: string, mailboxes: readonly Mailbox[]): string {
  const tokens = mailboxes.flatMap((mailbox, index) => {
    const words = mailboxTokens(name, mailbox)
    const last = words.pop() ?? ''
    return [...words, index < mailboxes.length - 1 ? `${last},` : last]
  })
  return fold(`${name}:`, tokens)
}

/** Words that are ASCII by construction: dates, ids, tokens. */
export function plainField(name: string, words: readonly string[]): string {
  for (const word of words) {
    if (!/^[\x21-\x7e]+$/.test(word) || word.length > tokenMax) throw new TypeError(`${name}: a word that is no token`)
  }
  return fold(`${name}:`, words)
}

function mailboxTokens(field: string, { name, email }: Mailbox): string[] {
  refuseBreaks(field, email)
  if (!/^[\x21-\x7e]+$/.test(email) || /[<>]/.test(email)) throw new TypeError(`${field}: an address that is not ASCII`)
  if (name === null || name === '') return [email]
  refuseBreaks(field, name)
  return [...phrase(name), `<${email}>`]
}

/** A display name: atoms as they are, other ASCII in quotes, the rest in encoded words (RFC 2047 §5 rule 3). */
function phrase(name: string): string[] {
  if (name.includes('=?') || !/^[\x20-\x7e]+$/.test(name) || name.length > 200) return encodedWords(name)
  if (/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(name)) return name.split(' ')
  return [`"${name.replace(/["\\]/g, '\\$&')}"`]
}

/** Q or B, whichever is shorter; never split inside of a character (RFC 2047 §5). */
function encodedWords(text: string): string[] {
  const room = encodedWordMax - '=?utf-8?Q??='.length
  const q = [...text].map(qEncoded)
  const bytes = Buffer.byteLength(text)
  const isQShorter = q.reduce((sum, { length }) => sum + length, 0) <= Math.ceil(bytes / 3) * 4
  const words: string[] = []
  let chunk = ''
  let size = 0
  for (const [index, character] of [...text].entries()) {
    const cost = isQShorter ? (q[index]?.length ?? 0) : Buffer.byteLength(character)
    const full = isQShorter ? size + cost > room : Math.ceil((size + cost) / 3) * 4 > room
    if (full) {
      words.push(encodedWord(chunk, isQShorter))
      chunk = ''
      size = 0
    }
    chunk += character
    size += cost
  }
  if (chunk !== '' || words.length === 0) words.push(encodedWord(chunk, isQShorter))
  return words
}

function encodedWord(text: string, isQ: boolean): string {
  if (isQ) return `=?utf-8?Q?${[...text].map(qEncoded).join('')}?=`
  return `=?utf-8?B?${Buffer.from(text.toWellFormed(), 'utf8').toString('base64')}?=`
}

function qEncoded(character: string): string {
  if (/^[A-Za-z0-9!*+/-]$/.test(character)) return character
  if (character === ' ') return '_'
  return [...Buffer.from(character.toWellFormed(), 'utf8')]
    .map(byte => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('')
}

function fold(head: string, tokens: readonly string[]): string {
  let text = head
  let column = head.length
  for (const token of tokens) {
    if (column + 1 + token.length > lineMax && column > 1) {
      text += `\r\n ${token}`
      column = 1 + token.length
    } else {
      text += ` ${token}`
      column += 1 + token.length
    }
  }
  return `${text}\r\n`
}

function refuseBreaks(name: string, value: string): void {
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) throw new TypeError(`${name}: a value with a line break`)
}
