import { hash } from 'node:crypto'
import { err, ok, type Result } from '#base/result.ts'
import type { Change, Place } from '../provider.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import { parseFetch } from './fetch.ts'
import { searchUids } from './search.ts'
import { select } from './select.ts'
import { expandUids, hasUid, uidSetOf } from './uid-set.ts'
import type { Wire } from './wire.ts'

type Move = Extract<Change, { kind: 'move' }>

/** So many messages of one Message-ID and size are compared, the newest first. */
const comparedMax = 10
/** A search that finds more has not looked for one Message-ID. */
const searchedMax = 10_000
/** Where a Message-ID is looked for: a message with a longer header is copied again. */
const headerBytesMax = 65_536

/**
 * For servers without MOVE (RFC 6851), where a move is a copy, a mark and an expunge: a connection may end in between,
 * and then the same move is asked for again. What is marked as deleted by then has been copied, or it was marked by
 * another client: that goes as if it were not marked, since a copy bears the flags of its source.
 *
 * The mailbox of the targets is selected before and after.
 *
 * @returns the UIDs of those that an earlier attempt copied, which have only to be removed
 */
export async function settleMarked(
  wire: Wire,
  { targets, to }: Move,
): Promise<Result<ReadonlySet<number>, ProviderError>> {
  const found = await searchUids(wire, `UID ${uidSetOf(targets)} DELETED`)
  if (!found.ok) return found
  const marked = targets.filter(({ uid }) => hasUid(found.value, uid))
  if (marked.length === 0) return ok(new Set())
  const copied = await findCopied(wire, marked, to)
  if (!copied.ok) return copied
  const uncopied = marked.filter(({ uid }) => !copied.value.has(uid))
  if (uncopied.length > 0) {
    const unmarked = await wire.run(`UID STORE ${uidSetOf(uncopied)} -FLAGS.SILENT (\\Deleted)`)
    if (!unmarked.ok) return unmarked
  }
  return copied
}

/** Those of which `to` holds the same bytes, each copy being that of one message only. */
async function findCopied(
  wire: Wire,
  marked: readonly Place[],
  to: string,
): Promise<Result<ReadonlySet<number>, ProviderError>> {
  const copied = new Set<number>()
  const [first] = marked
  if (first === undefined) return ok(copied)
  const sources: (Described & { readonly uid: number })[] = []
  for (const { uid } of marked) {
    const described = await describe(wire, uid)
    if (!described.ok) return described
    if (described.value !== undefined) sources.push({ uid, ...described.value })
  }
  const there = await select(wire, to)
  if (!there.ok && isToBeTriedAgain(wire, there.error)) return there
  const taken = new Set<number>()
  // In a folder that is not there are no copies, and the messages must not stay marked.
  for (const source of there.ok ? sources : []) {
    const copy = await findCopy(wire, source, taken)
    if (!copy.ok) return copy
    if (copy.value === undefined) continue
    taken.add(copy.value)
    copied.add(source.uid)
  }
  const back = await select(wire, first.mailbox)
  if (!back.ok) return back
  // The same UIDs may be those of other messages by now.
  if (back.value.uidvalidity !== first.uidvalidity) return err(providerError('conflict', 'the mailbox is a new one'))
  return ok(copied)
}

interface Described {
  readonly messageId: string
  readonly sizeBytes: number
  readonly sha256: string
}

/** Undefined for a message that is gone, or whose Message-ID is no plain string that could be looked for. */
async function describe(wire: Wire, uid: number): Promise<Result<Described | undefined, ProviderError>> {
  let described: Described | undefined
  const done = await wire.run(`UID FETCH ${uid} (UID BODY.PEEK[])`, {
    untagged: response => {
      const message = parseFetch(response)
      if (message?.uid !== uid || !(message.body instanceof Uint8Array)) return
      const messageId = messageIdOf(message.body)
      if (messageId === undefined) return
      described = { messageId, sizeBytes: message.body.length, sha256: hash('sha256', message.body) }
    },
  })
  return done.ok ? ok(described) : done
}

/** The UID of a message in the mailbox that is selected. */
async function findCopy(
  wire: Wire,
  { messageId, sizeBytes, sha256 }: Described,
  taken: ReadonlySet<number>,
): Promise<Result<number | undefined, ProviderError>> {
  const same = await searchUids(
    wire,
    `HEADER Message-ID "${messageId}" LARGER ${sizeBytes - 1} SMALLER ${sizeBytes + 1} UNDELETED`,
  )
  // A server that does not search so: better a second copy than none.
  if (!same.ok) return isToBeTriedAgain(wire, same.error) ? same : ok(undefined)
  const candidates = (expandUids(same.value, searchedMax) ?? []).filter(uid => !taken.has(uid)).slice(-comparedMax)
  for (const uid of candidates.reverse()) {
    const candidate = await describe(wire, uid)
    if (!candidate.ok) return candidate
    if (candidate.value?.sha256 === sha256) return ok(uid)
  }
  return ok(undefined)
}

function isToBeTriedAgain(wire: Wire, { retryable }: ProviderError): boolean {
  return retryable || !wire.isOpen
}

function messageIdOf(message: Buffer): string | undefined {
  const text = message.toString('latin1', 0, headerBytesMax)
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length
  const header = text.slice(0, end)
  return /^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[!#-[\]-~]{1,500}>)[ \t]*\r?$/im.exec(header)?.[1]
}
