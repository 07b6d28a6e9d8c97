import { err, ok, type Result } from '#base/result.ts'
import type { ChangePage, ChangesRequest, FlagState } from '../provider.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import { type Cursor, formatCursor, parseCursor } from './cursor.ts'
import { download } from './download.ts'
import { type Fetched, parseFetch } from './fetch.ts'
import { formatSearchDate } from './internal-date.ts'
import { LIMITS } from './limits.ts'
import { searchUids } from './search.ts'
import { type Selected, select } from './select.ts'
import { countUids, expandUids, hasUid, rangesOf, type UidRanges } from './uid-set.ts'
import type { Wire } from './wire.ts'

/** Without mod-sequences: so many of the newest are looked at each time, all of them when it is time again. */
const newestLookedAt = 1_000
const smallMailbox = 5_000
const sweepMs = 60 * 60_000
/** Up to here vanished UIDs are told as they are, beyond only those that are known here. */
const goneToldMax = 10_000
/** So little new mail is asked for without looking whether some of it is here. */
const fewArrivals = 50

/**
 * What is different in a mailbox since the cursor. First what happened to known messages, then new mail, then what is
 * older and missing; the last page says where the next look begins. Without QRESYNC what is gone is found by counting
 * first, and by comparing only when the count is wrong; without CONDSTORE flags are looked at by a sweep.
 */
export async function* readChanges(
  wire: Wire,
  request: ChangesRequest,
  now: number,
): AsyncGenerator<Result<ChangePage, ProviderError>, void, void> {
  const last = parseCursor(request.cursor)
  const opened = await select(wire, request.mailbox, seenBy(last))
  if (!opened.ok) return yield opened
  const looked = await look(wire, { request, selected: opened.value, last, now })
  if (!looked.ok) return yield looked
  const { known, missing, ends } = looked.value
  const { uidvalidity } = opened.value
  const page = {
    mailbox: request.mailbox,
    uidvalidity,
    flags: [],
    gone: [],
    skipped: [],
    arrivals: [],
    isRenumbered: false,
  }
  const during = formatCursor(looked.value.during)
  const end = formatCursor(ends)
  const isLast = missing.length === 0
  if (known.flags.length > 0 || known.gone.length > 0 || (isLast && end !== request.cursor)) {
    const isRenumbered = isLast && looked.value.during.isRenumbering
    yield ok({ ...page, ...known, isRenumbered, cursor: isLast ? end : during, remaining: missing.length })
  }
  if (isLast) return
  for await (const piece of download(wire, missing, itemsOf(wire, opened.value))) {
    if (!piece.ok) return yield piece
    yield ok({ ...page, ...piece.value, cursor: during, remaining: Math.max(1, piece.value.remaining) })
  }
  yield ok({ ...page, isRenumbered: looked.value.during.isRenumbering, cursor: end, remaining: 0 })
}

function seenBy(last: Cursor | undefined): { uidvalidity: number; modseq: bigint } | undefined {
  return last?.modseq == null ? undefined : { uidvalidity: last.uidvalidity, modseq: last.modseq }
}

function itemsOf(wire: Wire, { highestModseq }: Selected): string {
  return [
    'UID FLAGS INTERNALDATE',
    ...(highestModseq === null ? [] : ['MODSEQ']),
    ...idItems(wire),
    'BODY.PEEK[]',
  ].join(' ')
}

function idItems(wire: Wire): string[] {
  if (wire.has('X-GM-EXT-1')) return ['X-GM-MSGID', 'X-GM-THRID', 'X-GM-LABELS']
  return wire.has('OBJECTID') ? ['EMAILID', 'THREADID'] : []
}

interface Looking {
  readonly request: ChangesRequest
  readonly selected: Selected
  readonly last: Cursor | undefined
  readonly now: number
}

interface Look {
  readonly known: { readonly flags: readonly FlagState[]; readonly gone: readonly number[] }
  /** To be downloaded. */
  readonly missing: readonly number[]
  /** The cursor while something is still missing, and when nothing is any more. */
  readonly during: Cursor
  readonly ends: Cursor
}

async function look(wire: Wire, looking: Looking): Promise<Result<Look, ProviderError>> {
  const { request, selected, now } = looking
  const base = trusted(looking)
  const uidnext = await nextUid(wire, selected)
  if (!uidnext.ok) return uidnext
  const states = base === undefined ? ok(nothing) : await changedStates(wire, looking, base)
  if (!states.ok) return states
  const range = { from: base?.isWhole === true ? base.uidnext : 1, to: uidnext.value - 1 }
  const arrived = await searched(wire, request, range)
  if (!arrived.ok) return arrived
  const toldGone =
    states.value.gone ?? (base === undefined ? straysOf(request, selected, { ...range, ...arrived.value }) : undefined)
  const isExact = toldGone !== undefined
  const countsFit = base?.isWhole === true && base.exists + arrived.value.all === selected.exists
  const compared = isExact || countsFit ? ok(undefined) : await compare(wire, request, selected)
  if (!compared.ok) return compared
  const gone = toldGone ?? compared.value?.gone ?? straysOf(request, selected, { ...range, ...arrived.value })
  const missing = missingOf(arrived.value.wanted, { request, selected, compared: compared.value, base })
  if (missing === undefined) return err(tooMany)
  const during: Cursor = {
    uidvalidity: selected.uidvalidity,
    uidnext: base?.uidnext ?? 0,
    modseq: selected.highestModseq,
    exists: base?.exists ?? 0,
    isWhole: base?.isWhole === true && compared.value === undefined,
    isRenumbering: looking.last !== undefined && (looking.last.isRenumbering || base === undefined),
    sweptAt: states.value.isSwept ? now : (base?.sweptAt ?? now),
  }
  return ok({
    known: { flags: states.value.flags, gone },
    missing,
    during,
    ends: { ...during, uidnext: uidnext.value, exists: selected.exists, isWhole: true, isRenumbering: false },
  })
}

const tooMany = providerError('protocol', `a mailbox of more than ${LIMITS.messagesPerMailboxMax} messages`)
const nothing: ChangedStates = { flags: [], gone: undefined, isSwept: false }

/** A cursor for other UIDs says nothing; one that the server has fallen behind is not believed either. */
function trusted({ last, selected }: Looking): Cursor | undefined {
  if (last === undefined || last.uidvalidity !== selected.uidvalidity) return undefined
  const fellBack =
    (selected.uidnext > 0 && selected.uidnext < last.uidnext) ||
    (last.modseq !== null && selected.highestModseq !== null && selected.highestModseq < last.modseq)
  return fellBack ? { ...last, modseq: null, isWhole: false, sweptAt: 0 } : last
}

async function nextUid(wire: Wire, { uidnext, exists }: Selected): Promise<Result<number, ProviderError>> {
  if (uidnext > 0) return ok(uidnext)
  if (exists === 0) return ok(1)
  const newest = await searchUids(wire, 'UID *')
  return newest.ok ? ok((newest.value.at(-1)?.[1] ?? 0) + 1) : newest
}

interface ChangedStates {
  readonly flags: readonly FlagState[]
  /** Undefined when the server did not say what is gone. */
  readonly gone: readonly number[] | undefined
  readonly isSwept: boolean
}

async function changedStates(
  wire: Wire,
  looking: Looking,
  base: Cursor,
): Promise<Result<ChangedStates, ProviderError>> {
  const { selected, request } = looking
  if (selected.resynced !== null && base.modseq !== null) {
    const { vanished, changed } = selected.resynced
    // Gmail's labels do not come by themselves.
    if (wire.has('X-GM-EXT-1') && changed.length > 0) return labelled(wire, changed)
    return ok({ flags: statesOf(changed), gone: goneOf(vanished, request, selected), isSwept: false })
  }
  if (base.modseq !== null && selected.highestModseq !== null) {
    if (base.modseq === selected.highestModseq) return ok(nothing)
    const items = wire.has('X-GM-EXT-1') ? 'UID FLAGS X-GM-LABELS' : 'UID FLAGS'
    const changed = await fetchStates(wire, `UID FETCH 1:* (${items}) (CHANGEDSINCE ${base.modseq})`)
    return changed.ok ? ok({ ...nothing, flags: statesOf(changed.value) }) : changed
  }
  return sweep(wire, looking, base)
}

async function labelled(wire: Wire, changed: readonly Fetched[]): Promise<Result<ChangedStates, ProviderError>> {
  const set = rangesOf(changed.flatMap(({ uid }) => uid ?? []))
  const states = await fetchStates(
    wire,
    `UID FETCH ${set.map(([a, b]) => `${a}:${b}`).join(',')} (UID FLAGS X-GM-LABELS)`,
  )
  return states.ok ? ok({ ...nothing, flags: statesOf(states.value) }) : states
}

/** RFC 4549 section 4.3.1, for servers that keep no mod-sequences. */
async function sweep(
  wire: Wire,
  { selected, now }: Looking,
  base: Cursor,
): Promise<Result<ChangedStates, ProviderError>> {
  if (selected.exists === 0) return ok({ ...nothing, isSwept: true })
  const isFull = selected.exists <= smallMailbox || now - base.sweptAt >= sweepMs
  const low = isFull ? 1 : Math.max(1, selected.exists - newestLookedAt + 1)
  const states = await fetchStates(wire, `FETCH ${low}:* (UID FLAGS)`)
  return states.ok ? ok({ flags: statesOf(states.value), gone: undefined, isSwept: isFull }) : states
}

async function fetchStates(wire: Wire, command: string): Promise<Result<readonly Fetched[], ProviderError>> {
  const states = new Map<number, Fetched>()
  const done = await wire.run(command, {
    untagged: response => {
      const fetched = parseFetch(response)
      if (fetched?.uid !== undefined && states.size < LIMITS.messagesPerMailboxMax) states.set(fetched.uid, fetched)
    },
  })
  return done.ok ? ok([...states.values()]) : done
}

function statesOf(fetched: readonly Fetched[]): FlagState[] {
  return fetched.flatMap(({ uid, flags, keywords, modseq, labels }) =>
    uid === undefined || flags === undefined
      ? []
      : {
          uid,
          flags,
          keywords: keywords ?? [],
          ...(modseq === undefined ? {} : { modseq }),
          ...(labels === undefined ? {} : { labels }),
        },
  )
}

function goneOf(vanished: UidRanges, { known }: ChangesRequest, { uidvalidity }: Selected): readonly number[] {
  return (
    expandUids(vanished, goneToldMax) ?? known(uidvalidity).flatMap(({ uid }) => (hasUid(vanished, uid) ? uid : []))
  )
}

interface Searched {
  /** UIDs that may be wanted, within the time that is asked for. */
  readonly wanted: UidRanges
  readonly present: UidRanges
  /** How many there are in all. */
  readonly all: number
}

/**
 * Places that are known and were never looked at: mail that we moved there ourselves, and that somebody moved on before
 * we looked. Neither count nor mod-sequence tells.
 */
function straysOf(
  { known }: ChangesRequest,
  { uidvalidity }: Selected,
  { from, to, present }: { readonly from: number; readonly to: number; readonly present: UidRanges },
): readonly number[] {
  if (from > to) return []
  return known(uidvalidity).flatMap(({ uid }) => (uid >= from && uid <= to && !hasUid(present, uid) ? uid : []))
}

async function searched(
  wire: Wire,
  { since }: ChangesRequest,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Result<Searched, ProviderError>> {
  if (from > to) return ok({ wanted: [], present: [], all: 0 })
  const all = await searchUids(wire, `UID ${from}:${to}`)
  if (!all.ok) return all
  // `5:3` means 3:5, and some servers answer with the newest message whatever was asked for.
  const inside = all.value.flatMap(([a, b]): [number, number][] => {
    const range: [number, number] = [Math.max(a, from), Math.min(b, to)]
    return range[0] <= range[1] ? [range] : []
  })
  const count = countUids(inside)
  if (since === undefined || count === 0) return ok({ wanted: inside, present: inside, all: count })
  const recent = await searchUids(wire, `UID ${from}:${to} SINCE ${formatSearchDate(since)}`)
  return recent.ok ? ok({ wanted: recent.value, present: inside, all: count }) : recent
}

interface Compared {
  readonly present: UidRanges
  readonly gone: readonly number[]
}

async function compare(
  wire: Wire,
  { known }: ChangesRequest,
  { uidvalidity }: Selected,
): Promise<Result<Compared, ProviderError>> {
  const present = await searchUids(wire, 'ALL')
  if (!present.ok) return present
  return ok({
    present: present.value,
    gone: known(uidvalidity).flatMap(({ uid }) => (hasUid(present.value, uid) ? [] : uid)),
  })
}

function missingOf(
  wanted: UidRanges,
  {
    request,
    selected,
    compared,
    base,
  }: {
    readonly request: ChangesRequest
    readonly selected: Selected
    readonly compared: Compared | undefined
    readonly base: Cursor | undefined
  },
): readonly number[] | undefined {
  // The count was wrong: anything may be missing, as far as it is wanted at all.
  const candidates = compared !== undefined && request.since === undefined ? compared.present : wanted
  const uids = expandUids(candidates, LIMITS.messagesPerMailboxMax)
  if (uids === undefined || (base?.isWhole === true && compared === undefined && uids.length <= fewArrivals))
    return uids
  const here = new Set(request.known(selected.uidvalidity).map(({ uid }) => uid))
  return uids.filter(uid => !here.has(uid))
}
