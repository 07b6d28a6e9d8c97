import type { Reading } from '#gate/index.ts'
import { type ListedMessage, parseMessageId } from '#mail/store/index.ts'
import type { Core } from '../part.ts'
import type { CheckedParams } from './scopes.ts'

/**
 * What whoever asked has now read: every message that an answer names, with the text that stood beside it. Found by
 * shape and not by request, so that a new request cannot forget to tell.
 */
export function readingsIn(
  core: Core,
  params: CheckedParams,
  result: unknown,
  isOwnText: (text: string) => boolean,
): readonly Reading[] {
  const found = new Map<string, string[]>()
  collect(result, found, undefined, 0)
  const named = idsIn(params)
  const beside = found.get('') ?? []
  const loose = named.length > 0 ? beside : beside.filter(text => !isOwnText(text))
  found.delete('')
  // Text beside no message belongs to those that the request named (the body of `mail.read`, the bytes of a file).
  for (const id of named) found.set(id, [...(found.get(id) ?? []), ...loose])
  const readings = [...found].map(([id, texts]) => readingOf(core, id, texts.join('\n')))
  if (named.length === 0 && found.size === 0 && loose.length > 0) readings.push(unknownSource(loose.join('\n')))
  return readings
}

const depthMax = 12
const idMembers = ['id', 'message_id', 'ids'] as const

/** Sorts the strings of a value under the message that they stand beside; '' for none. */
function collect(value: unknown, found: Map<string, string[]>, owner: string | undefined, depth: number): void {
  if (depth > depthMax) return
  if (typeof value === 'string') {
    const texts = found.get(owner ?? '') ?? []
    texts.push(value)
    found.set(owner ?? '', texts)
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, found, owner, depth + 1)
  } else if (typeof value === 'object' && value !== null) {
    const own = messageIdOf(value) ?? owner
    for (const item of Object.values(value)) collect(item, found, own, depth + 1)
  }
}

/** The texts that a caller gave: read back beside no message, they tell it nothing. */
export function textsIn(params: CheckedParams): readonly string[] {
  const found = new Map<string, string[]>()
  collect(params, found, 'given', 0)
  return found.get('given') ?? []
}

function messageIdOf(value: object): string | undefined {
  const isMessage = 'id' in value && typeof value.id === 'string' && ('from' in value || 'subject' in value)
  return isMessage && parseMessageId(String(value.id)) !== undefined ? String(value.id) : undefined
}

function idsIn(params: CheckedParams): readonly string[] {
  return idMembers.flatMap(name => {
    const value = params[name]
    const list = Array.isArray(value) ? value : [value]
    return list.filter((id): id is string => typeof id === 'string' && parseMessageId(id) !== undefined)
  })
}

export function readingOf(core: Core, id: string, text: string): Reading {
  const message = core.reader.message(id)
  if (message === undefined) return { ...unknownSource(text), id }
  return {
    kind: 'message',
    id,
    author: authorOf(message),
    audience: audienceOf(message),
    own: isOwn(core, message),
    text,
  }
}

function unknownSource(text: string): Reading {
  return { kind: 'message', id: 'unknown', author: '', audience: [], own: false, text }
}

export function authorOf({ from }: ListedMessage): string {
  return from[0]?.email.toLowerCase() ?? ''
}

function audienceOf({ to, cc }: ListedMessage): readonly string[] {
  return [...to, ...cc].map(({ email }) => email.toLowerCase())
}

/** By the person's own hand: it lies in Sent and bears an own address. `From:` alone is anybody's to write. */
export function isOwn({ reader }: Core, message: ListedMessage): boolean {
  const own = reader.accounts().find(({ name }) => name === message.account)?.addresses ?? []
  return message.flags.sent && own.some(address => address.toLowerCase() === authorOf(message))
}
