import { LIMITS } from './limits.ts'

/** One response of the server: its text as latin1, and the literals that stood in it, in order. */
export interface RawResponse {
  readonly line: string
  /** Undefined for a literal that was read past because it is too large to keep. */
  readonly literals: readonly (Buffer | undefined)[]
  /** Announced sizes of the literals. */
  readonly sizes: readonly number[]
}

export type Token = string | Quoted | Literal | TokenList
/** An atom is a plain string; what stood in quotes is told apart, so that "NIL" is not nothing. */
export interface Quoted {
  readonly quoted: string
}
export interface Literal {
  readonly literal: number
}
export interface TokenList {
  readonly list: readonly Token[]
}

/** The line breaks off where a literal stood, as `{123}` followed by what came after it. */
export class ResponseSyntaxError extends Error {
  override readonly name = 'ResponseSyntaxError'
}

/**
 * The tokens of a response (RFC 9051 section 9), without recursion: nesting is bounded, and so is their number.
 * A section such as `BODY[HEADER.FIELDS (X)]<0>` is one atom, a response code `[UIDNEXT 5]` is not read here.
 */
export function tokenize(line: string, from = 0): readonly Token[] {
  const outer: Token[] = []
  const stack: Token[][] = []
  let current = outer
  let literals = 0
  let count = 0
  for (let at = from; at < line.length; ) {
    if (++count > LIMITS.tokensPerResponseMax) throw new ResponseSyntaxError('a response of too many parts')
    const character = line[at]
    if (character === ' ') at++
    else if (character === '(') {
      if (stack.length >= LIMITS.nestingMax) throw new ResponseSyntaxError('a response is nested too deeply')
      stack.push(current)
      const list: Token[] = []
      current.push({ list })
      current = list
      at++
    } else if (character === ')') {
      const above = stack.pop()
      if (above === undefined) throw new ResponseSyntaxError('a list ends that did not begin')
      current = above
      at++
    } else if (character === '"') {
      const end = endOfQuoted(line, at)
      current.push({ quoted: line.slice(at + 1, end).replace(/\\(.)/gs, '$1') })
      at = end + 1
    } else if (character === '{' || (character === '~' && line[at + 1] === '{')) {
      const end = line.indexOf('}', at)
      if (end < 0) throw new ResponseSyntaxError('a literal without an end')
      current.push({ literal: literals++ })
      at = end + 1
    } else {
      const end = endOfAtom(line, at)
      current.push(line.slice(at, end))
      at = end
    }
  }
  if (stack.length > 0) throw new ResponseSyntaxError('a list that does not end')
  return outer
}

function endOfQuoted(line: string, from: number): number {
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] === '\\') at++
    else if (line[at] === '"') return at
  }
  throw new ResponseSyntaxError('a quoted string without an end')
}

function endOfAtom(line: string, from: number): number {
  let at = from
  for (; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (code === 0x20 || code === 0x28 || code === 0x29 || code === 0x22) return at
    if (code === 0x5b) {
      // A section may hold blanks and lists: BODY[HEADER.FIELDS (SUBJECT)]
      const end = line.indexOf(']', at)
      if (end < 0) return line.length
      at = end
    }
  }
  return at
}

/** The text of an atom, a quoted string or a literal; undefined for NIL and for lists. */
export function textOf(token: Token | undefined, response: RawResponse): string | undefined {
  if (token === undefined) return undefined
  if (typeof token === 'string') return token.toUpperCase() === 'NIL' ? undefined : token
  if ('quoted' in token) return utf8(token.quoted)
  if ('literal' in token) return response.literals[token.literal]?.toString('utf8')
  return undefined
}

export function listOf(token: Token | undefined): readonly Token[] | undefined {
  return typeof token === 'object' && 'list' in token ? token.list : undefined
}

/** Lines are held as latin1; a server that sends UTF-8 (RFC 6855, or just so) means UTF-8. */
function utf8(text: string): string {
  return /[\x80-\xff]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text
}

/** A natural number up to 2^53; undefined when it is none. */
export function numberOf(token: Token | undefined): number | undefined {
  return typeof token === 'string' && /^\d{1,15}$/.test(token) ? Number(token) : undefined
}

export function bigOf(token: Token | undefined): bigint | undefined {
  return typeof token === 'string' && /^\d{1,19}$/.test(token) ? BigInt(token) : undefined
}
