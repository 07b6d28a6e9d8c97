import { FLAG } from '../../store/incoming.ts'
import { parseInternalDate } from './internal-date.ts'
import { LIMITS } from './limits.ts'
import { bigOf, listOf, numberOf, type RawResponse, type Token, textOf, tokenize } from './response.ts'
import { decodeMailboxName } from './utf7.ts'

/** What a FETCH response says of one message; only what was asked for, or what the server chose to tell. */
export interface Fetched {
  readonly uid?: number
  readonly flags?: number
  readonly keywords?: readonly string[]
  readonly modseq?: bigint
  readonly receivedAt?: number
  readonly messageId?: string
  readonly threadId?: string
  readonly labels?: readonly string[]
  /** `too_large`: its literal was read past. */
  readonly body?: Buffer | 'too_large' | 'missing'
  readonly bodySizeBytes?: number
}

const systemFlags: Readonly<Record<string, number>> = {
  '\\SEEN': FLAG.read,
  '\\FLAGGED': FLAG.starred,
  '\\ANSWERED': FLAG.answered,
  '\\DRAFT': FLAG.draft,
}

export const flagNames: Readonly<Record<'read' | 'starred' | 'answered' | 'draft', string>> = {
  read: '\\Seen',
  starred: '\\Flagged',
  answered: '\\Answered',
  draft: '\\Draft',
}

const fetchPattern = /^\* \d{1,10} FETCH /i

export function isFetch({ line }: RawResponse): boolean {
  return fetchPattern.test(line)
}

/** Undefined when it is no FETCH response. Throws `ResponseSyntaxError`. */
export function parseFetch(response: RawResponse): Fetched | undefined {
  const start = fetchPattern.exec(response.line)
  if (start === null) return undefined
  const [items] = tokenize(response.line, start[0].length)
  const list = listOf(items)
  if (list === undefined) return undefined
  let fetched: Fetched = {}
  for (let at = 0; at + 1 < list.length; at += 2) {
    const name = list[at]
    if (typeof name === 'string') fetched = { ...fetched, ...itemOf(name.toUpperCase(), list[at + 1], response) }
  }
  return fetched
}

function itemOf(name: string, value: Token | undefined, response: RawResponse): Fetched {
  switch (name) {
    case 'UID':
      return defined('uid', numberOf(value))
    case 'FLAGS':
      return flagsOf(listOf(value) ?? [])
    case 'MODSEQ':
      return defined('modseq', bigOf(listOf(value)?.[0]))
    case 'INTERNALDATE':
      return defined('receivedAt', parseInternalDate(textOf(value, response) ?? ''))
    case 'EMAILID':
      return defined('messageId', textOf(listOf(value)?.[0], response))
    case 'X-GM-MSGID':
      return defined('messageId', textOf(value, response))
    case 'THREADID':
      return defined('threadId', textOf(listOf(value)?.[0], response))
    case 'X-GM-THRID':
      return defined('threadId', textOf(value, response))
    case 'X-GM-LABELS':
      return { labels: labelsOf(listOf(value) ?? [], response) }
    case 'BODY[]':
      return bodyOf(value, response)
    default:
      return {}
  }
}

function defined<Name extends keyof Fetched>(name: Name, value: Fetched[Name] | undefined): Fetched {
  return value === undefined ? {} : { [name]: value }
}

function bodyOf(value: Token | undefined, response: RawResponse): Fetched {
  if (typeof value !== 'object' || !('literal' in value)) {
    // A short body may come in quotes (RFC 9051 nstring); NIL is a message that the server has lost.
    if (typeof value === 'object' && 'quoted' in value) {
      const body = Buffer.from(value.quoted, 'latin1')
      return { body, bodySizeBytes: body.length }
    }
    return { body: 'missing', bodySizeBytes: 0 }
  }
  return { body: response.literals[value.literal] ?? 'too_large', bodySizeBytes: response.sizes[value.literal] ?? 0 }
}

/** System flags become bits; `\Recent` and `\Deleted` say nothing about how a message is shown. */
export function flagsOf(list: readonly Token[]): { flags: number; keywords: readonly string[] } {
  let flags = 0
  const keywords: string[] = []
  for (const token of list) {
    if (typeof token !== 'string') continue
    if (token.startsWith('\\')) flags |= systemFlags[token.toUpperCase()] ?? 0
    else if (keywords.length < LIMITS.keywordsPerMessageMax && isKeyword(token)) keywords.push(token)
  }
  return { flags, keywords }
}

/** An atom (RFC 3501 `flag-keyword`), as short as keywords are. */
export function isKeyword(text: string): boolean {
  return /^[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|}~[]{1,100}$/.test(text)
}

function labelsOf(list: readonly Token[], response: RawResponse): string[] {
  return list.slice(0, LIMITS.labelsPerMessageMax).flatMap(token => {
    const text = textOf(token, response)
    return text === undefined || text === '' ? [] : decodeMailboxName(text)
  })
}
