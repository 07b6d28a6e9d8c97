import { err, ok, type Result } from '#base/result.ts'
import type { Change, Place } from '../provider.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import { type Fetched, parseFetch } from './fetch.ts'
import { searchUids } from './search.ts'
import { select } from './select.ts'
import { expandUids, hasUid, uidSetOf } from './uid-set.ts'
import type { Wire } from './wire.ts'

type Move = Extract<Change, { kind: 'move' }>

/**
 * For servers without MOVE (RFC 6851), where a move is a copy, a mark and an expunge: a connection may end in between,
 * and then the same move is asked for again. What is marked as deleted by then has been copied, or it was marked by
 * another client: that goes as if it were not marked, since a copy bears the flags of its source.
 *
 * The mailbox of the targets is selected before and after.
 *
 * @returns the copies that an earlier attempt made, by the UIDs of their sources, which have only to be removed
 */
export async function settleMarked(
  wire: Wire,
  { targets, to }: Move,
): Promise<Result<ReadonlyMap<number, Place>, ProviderError>> {
  const found = await searchUids(wire, `UID ${uidSetOf(targets)} DELETED`)
  if (!found.ok) return found
  const marked = targets.filter(({ uid }) => hasUid(found.value, uid))
  if (marked.length === 0) return ok(new Map())
  const copies = await findCopies(wire, marked, to)
  if (!copies.ok) return copies
  const uncopied = marked.filter(({ uid }) => !copies.value.has(uid))
  if (uncopied.length > 0) {
    const unmarked = await wire.run(`UID STORE ${uidSetOf(uncopied)} -FLAGS.SILENT (\\Deleted)`)
    if (!unmarked.ok) return unmarked
  }
  return copies
}

/** Copies in `to`: of the same Message-ID and size, and each taken for the copy of one message only. */
async function findCopies(
  wire: Wire,
  marked: readonly Place[],
  to: string,
): Promise<Result<ReadonlyMap<number, Place>, ProviderError>> {
  const copies = new Map<number, Place>()
  const [first] = marked
  if (first === undefined) return ok(copies)
  const described: Fetched[] = []
  const fetched = await wire.run(`UID FETCH ${uidSetOf(marked)} (UID RFC822.SIZE BODY.PEEK[HEADER])`, {
    untagged: response => {
      const message = parseFetch(response)
      if (message?.uid !== undefined) described.push(message)
    },
  })
  if (!fetched.ok) return fetched
  const there = await select(wire, to)
  if (!there.ok) return there
  const taken = new Set<number>()
  for (const { uid = 0, sizeBytes = 0, header } of described) {
    const criteria = criteriaFor(header, sizeBytes)
    if (criteria === undefined) continue
    const same = await searchUids(wire, criteria)
    // A server that does not search so: better a second copy than none.
    if (!same.ok && wire.isOpen) continue
    if (!same.ok) return same
    const copy = expandUids(same.value, 10_000)?.findLast(each => !taken.has(each))
    if (copy === undefined) continue
    taken.add(copy)
    copies.set(uid, { mailbox: to, uidvalidity: there.value.uidvalidity, uid: copy })
  }
  const back = await select(wire, first.mailbox)
  if (!back.ok) return back
  // The same UIDs may be those of other messages by now.
  if (back.value.uidvalidity !== first.uidvalidity) return err(providerError('conflict', 'the mailbox is a new one'))
  return ok(copies)
}

/** Undefined for a message that cannot be told from others, or whose Message-ID is no plain string. */
function criteriaFor(header: Fetched['header'], sizeBytes: number): string | undefined {
  if (!(header instanceof Uint8Array) || sizeBytes < 1) return undefined
  const id = /^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[!#-[\]-~]{1,500}>)[ \t]*\r?$/im.exec(header.toString('latin1'))?.[1]
  if (id === undefined) return undefined
  return `HEADER Message-ID "${id}" LARGER ${sizeBytes - 1} SMALLER ${sizeBytes + 1} UNDELETED`
}
