import { err, ok, type Result } from '#base/result.ts'
import { type Change, type Outcome, type Place, targetsMax } from '../provider.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import { flagNames, isKeyword, parseFetch } from './fetch.ts'
import { settleMarked } from './move-by-copy.ts'
import type { RawResponse } from './response.ts'
import { searchUids } from './search.ts'
import { select } from './select.ts'
import { hasUid, uidSetOf } from './uid-set.ts'
import { type CommandPart, mailboxArgument, type Wire } from './wire.ts'

type Applied = Result<readonly Outcome[], ProviderError>

/** One change to many messages, in as few commands as IMAP has for it. */
export async function applyChange(wire: Wire, change: Change): Promise<Applied> {
  const [first] = change.targets
  if (first === undefined) return ok([])
  const problem = problemOf(change, first)
  if (problem !== undefined) return err(problem)
  const { selected } = wire
  if (selected?.mailbox !== first.mailbox) {
    const opened = await select(wire, first.mailbox)
    if (!opened.ok) return opened
    if (opened.value.isReadOnly) return err(providerError('permission', 'the mailbox may not be changed'))
  }
  // UIDs of another validity are those of other messages.
  if (wire.selected?.uidvalidity !== first.uidvalidity) return ok(change.targets.map(() => ({ status: 'gone' })))
  switch (change.kind) {
    case 'flags':
      return storeFlags(wire, change)
    case 'labels':
      return storeLabels(wire, change)
    case 'move':
      return move(wire, change)
    case 'copy':
      return copy(wire, change)
    case 'expunge':
      return expunge(wire, change)
  }
}

function problemOf(change: Change, first: Place): ProviderError | undefined {
  const { targets } = change
  if (targets.length > targetsMax) return providerError('internal', `a change names at most ${targetsMax} messages`)
  if (targets.some(({ mailbox, uidvalidity }) => mailbox !== first.mailbox || uidvalidity !== first.uidvalidity)) {
    return providerError('internal', 'a change is about the messages of one mailbox')
  }
  if (targets.some(({ uid }) => !Number.isInteger(uid) || uid < 1)) return providerError('internal', 'no such UID')
  return undefined
}

async function storeFlags(wire: Wire, change: Extract<Change, { kind: 'flags' }>): Promise<Applied> {
  const { add, remove, addKeywords = [], removeKeywords = [], targets } = change
  if (![...addKeywords, ...removeKeywords].every(isKeyword)) {
    return err(providerError('unsupported', 'IMAP has no such keyword: only ASCII without blanks and brackets'))
  }
  const items = [
    { sign: '+', names: [...add.map(flag => flagNames[flag]), ...addKeywords] },
    { sign: '-', names: [...remove.map(flag => flagNames[flag]), ...removeKeywords] },
  ].filter(({ names }) => names.length > 0)
  return storeEach(
    wire,
    targets,
    items.map(({ sign, names }) => [`${sign}FLAGS (${names.join(' ')})`]),
  )
}

async function storeLabels(wire: Wire, change: Extract<Change, { kind: 'labels' }>): Promise<Applied> {
  if (!wire.has('X-GM-EXT-1'))
    return err(providerError('unsupported', 'this server has folders and keywords, no labels'))
  const item = (sign: string, labels: readonly string[]): CommandPart[] => [
    `${sign}X-GM-LABELS (`,
    ...labels.flatMap((label, at): CommandPart[] => [at === 0 ? '' : ' ', labelArgument(label)]),
    ')',
  ]
  const items = [
    ...(change.add.length > 0 ? [item('+', change.add)] : []),
    ...(change.remove.length > 0 ? [item('-', change.remove)] : []),
  ]
  return storeEach(wire, change.targets, items)
}

/** Gmail's own labels (`\Inbox`) are atoms. */
function labelArgument(label: string): string {
  return /^\\[A-Za-z]+$/.test(label) ? label : mailboxArgument(label)
}

async function storeEach(
  wire: Wire,
  targets: readonly Place[],
  items: readonly (readonly CommandPart[])[],
): Promise<Applied> {
  const set = uidSetOf(targets)
  const answered = new Set<number>()
  for (const item of items) {
    // Not silent: who is answered for is there.
    const done = await wire.run([`UID STORE ${set} `, ...item], { untagged: noteUid(answered) })
    if (!done.ok) return done
  }
  const unanswered = targets.filter(({ uid }) => !answered.has(uid))
  if (unanswered.length === 0) return ok(targets.map(() => ({ status: 'done' })))
  // A server may keep quiet about what it did not have to change.
  const present = await searchUids(wire, `UID ${uidSetOf(unanswered)}`)
  if (!present.ok) return present
  return ok(targets.map(({ uid }) => ({ status: answered.has(uid) || hasUid(present.value, uid) ? 'done' : 'gone' })))
}

function noteUid(uids: Set<number>): (response: RawResponse) => void {
  return response => {
    const uid = parseFetch(response)?.uid
    if (uid !== undefined) uids.add(uid)
  }
}

async function move(wire: Wire, change: Extract<Change, { kind: 'move' }>): Promise<Applied> {
  if (change.to === change.targets[0]?.mailbox) return ok(change.targets.map(place => ({ status: 'done', place })))
  if (wire.has('MOVE')) return transfer(wire, 'UID MOVE', change)
  if (!wire.has('UIDPLUS')) return err(cannotExpunge)
  const earlier = await settleMarked(wire, change)
  if (!earlier.ok) return earlier
  const targets = change.targets.filter(({ uid }) => !earlier.value.has(uid))
  const copied: Applied = targets.length === 0 ? ok([]) : await transfer(wire, 'UID COPY', { ...change, targets })
  if (!copied.ok) return copied
  const now = copied.value.values()
  // Which copy is whose does not matter among messages of the same bytes: where it went is not said.
  const outcomes = change.targets.map(
    ({ uid }): Outcome => (earlier.value.has(uid) ? { status: 'done' } : (now.next().value ?? { status: 'gone' })),
  )
  const removed = await removeThese(
    wire,
    change.targets.filter((_, at) => outcomes[at]?.status === 'done'),
  )
  return removed.ok ? ok(outcomes) : removed
}

function copy(wire: Wire, change: Extract<Change, { kind: 'copy' }>): Promise<Applied> {
  return transfer(wire, 'UID COPY', change)
}

/** RFC 4315 and RFC 6851: COPYUID says which messages went and what they are called there. */
async function transfer(
  wire: Wire,
  command: 'UID MOVE' | 'UID COPY',
  { targets, to }: { readonly targets: readonly Place[]; readonly to: string },
): Promise<Applied> {
  const present = wire.has('UIDPLUS') ? undefined : await searchUids(wire, `UID ${uidSetOf(targets)}`)
  if (present?.ok === false) return present
  let places: ReadonlyMap<number, Place> | undefined
  const done = await wire.run(`${command} ${uidSetOf(targets)} ${mailboxArgument(to)}`, {
    untagged: ({ line }) => {
      places = parseCopyUid(line, to) ?? places
    },
  })
  if (!done.ok) return done
  places = parseCopyUid(done.value.text, to) ?? places
  // Without COPYUID from a server that has it nothing was there to go.
  const isThere = (uid: number) =>
    present === undefined ? places?.has(uid) === true : present.ok && hasUid(present.value, uid)
  return ok(
    targets.map(({ uid }): Outcome => {
      if (!isThere(uid)) return { status: 'gone' }
      const place = places?.get(uid)
      return place === undefined ? { status: 'done' } : { status: 'done', place }
    }),
  )
}

async function expunge(wire: Wire, { targets }: Extract<Change, { kind: 'expunge' }>): Promise<Applied> {
  if (!wire.has('UIDPLUS')) return err(cannotExpunge)
  const present = await searchUids(wire, `UID ${uidSetOf(targets)}`)
  if (!present.ok) return present
  const there = targets.filter(({ uid }) => hasUid(present.value, uid))
  const removed = await removeThese(wire, there)
  if (!removed.ok) return removed
  return ok(targets.map(({ uid }) => ({ status: hasUid(present.value, uid) ? 'done' : 'gone' })))
}

/** A plain EXPUNGE would also take what another client has marked. */
const cannotExpunge = providerError(
  'unsupported',
  'the server can neither MOVE nor remove single messages (UIDPLUS): removing these would remove others too',
)

async function removeThese(wire: Wire, targets: readonly Place[]): Promise<Result<unknown, ProviderError>> {
  if (targets.length === 0) return ok(undefined)
  const marked = await wire.run(`UID STORE ${uidSetOf(targets)} +FLAGS.SILENT (\\Deleted)`)
  return marked.ok ? wire.run(`UID EXPUNGE ${uidSetOf(targets)}`) : marked
}

/** `[COPYUID 38505 304,319:320 3956:3958]`: both sets name the messages in the same order. */
export function parseCopyUid(text: string, mailbox: string): ReadonlyMap<number, Place> | undefined {
  const found = /\[COPYUID (\d{1,10}) ([0-9:,]+) ([0-9:,]+)\]/i.exec(text)
  if (found === null) return undefined
  const from = inOrder(found[2] ?? '')
  const to = inOrder(found[3] ?? '')
  const uidvalidity = Number(found[1])
  if (from === undefined || to === undefined || from.length !== to.length || uidvalidity === 0) return undefined
  return new Map(from.map((uid, at) => [uid, { mailbox, uidvalidity, uid: to[at] ?? 0 }]))
}

function inOrder(set: string): number[] | undefined {
  const uids: number[] = []
  for (const part of set.split(',')) {
    const found = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(part)
    const first = Number(found?.[1])
    const last = Number(found?.[2] ?? found?.[1])
    if (!(first >= 1) || !(last >= first) || last - first + uids.length >= targetsMax) return undefined
    for (let uid = first; uid <= last; uid++) uids.push(uid)
  }
  return uids
}
