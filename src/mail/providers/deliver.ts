import { err, ok, type Result } from '#base/result.ts'
import { FLAG } from '../store/incoming.ts'
import type {
  Delivery,
  DeliveryError,
  DeliveryErrorCode,
  DeliveryResult,
  ProviderChange,
  RefusalCode,
} from './delivery.ts'
import { type Change, type MailProvider, type Outcome, type Place, type SettableFlag, targetsMax } from './provider.ts'
import type { ProviderError, ProviderErrorCode } from './provider-error.ts'

/** Carries out the outbox's wishes with a provider: many messages become few changes, each of one mailbox and kind. */
export function deliveryBy(provider: MailProvider): Delivery {
  return {
    apply: async (changes, signal) => {
      const tally = new Tally(changes)
      for (const step of stepsOf(changes, tally)) {
        const failed = await carryOut(provider, step, { tally, signal })
        if (failed !== undefined) return err(failed)
      }
      return ok(changes.map((_, at) => tally.resultOf(at)))
    },
  }
}

/** One change to the messages that it is for. */
interface Step {
  readonly change: Change
  /** For each target, which of the changes that came it belongs to. */
  readonly owners: readonly number[]
}

const flagBits: readonly (readonly [SettableFlag, number])[] = [
  ['read', FLAG.read],
  ['starred', FLAG.starred],
  ['answered', FLAG.answered],
  ['draft', FLAG.draft],
]

/** Flags and labels first: the copy that arrives by a move bears them. */
function stepsOf(changes: readonly ProviderChange[], tally: Tally): Step[] {
  const marks = new Grouping()
  const moves = new Grouping()
  for (const [at, change] of changes.entries()) {
    const { places, leaveFolders, enterFolder } = change
    if (places.length === 0) continue
    for (const place of places) for (const kind of markingsOf(change)) marks.add(at, place, kind)
    if (enterFolder === null) {
      if (leaveFolders.length > 0) tally.refuse(at, 'unsupported', 'a message cannot be taken out of its only folder')
      continue
    }
    const to = enterFolder.key
    const leaving = places.filter(({ mailbox }) => leaveFolders.includes(mailbox) && mailbox !== to)
    for (const place of leaving) moves.add(at, place, { kind: 'move', to })
    const [first] = places
    const isThere = places.some(({ mailbox }) => mailbox === to)
    if (leaving.length === 0 && !isThere && first !== undefined) moves.add(at, first, { kind: 'copy', to })
  }
  return [...marks.steps(), ...moves.steps()]
}

type Without<Kind> = Kind extends Change ? Omit<Kind, 'targets'> : never
type Kind = Without<Change>

function markingsOf({ setFlags, clearFlags, addLabels, removeLabels }: ProviderChange): Kind[] {
  const named = (bits: number) => flagBits.flatMap(([name, bit]) => ((bits & bit) === 0 ? [] : name))
  const isLabel = (key: string) => addLabels.some(label => label.key === key && label.kind === 'label')
  const addKeywords = addLabels.flatMap(({ key, kind }) => (kind === 'keyword' ? key : []))
  const labels = addLabels.flatMap(({ key, kind }) => (kind === 'label' ? key : []))
  // Of what is taken away only the key is known: Gmail's own labels begin with a backslash, no keyword does.
  const removedLabels = removeLabels.filter(key => key.startsWith('\\') || isLabel(key) || labels.length > 0)
  const removeKeywords = removeLabels.filter(key => !removedLabels.includes(key))
  const kinds: Kind[] = []
  const flags = { add: named(setFlags), remove: named(clearFlags) }
  if (flags.add.length + flags.remove.length + addKeywords.length + removeKeywords.length > 0) {
    kinds.push({ kind: 'flags', ...flags, addKeywords, removeKeywords })
  }
  if (labels.length + removedLabels.length > 0) kinds.push({ kind: 'labels', add: labels, remove: removedLabels })
  return kinds
}

/** Puts together what is the same change to messages of the same mailbox. */
class Grouping {
  readonly #groups = new Map<string, { readonly kind: Kind; readonly targets: Place[]; readonly owners: number[] }>()

  add(owner: number, { mailbox, uidvalidity, uid }: Place, kind: Kind): void {
    const key = JSON.stringify([mailbox, uidvalidity, kind])
    const group = this.#groups.get(key) ?? { kind, targets: [], owners: [] }
    group.targets.push({ mailbox, uidvalidity, uid })
    group.owners.push(owner)
    this.#groups.set(key, group)
  }

  steps(): Step[] {
    return [...this.#groups.values()].flatMap(({ kind, targets, owners }) => {
      const steps: Step[] = []
      for (let at = 0; at < targets.length; at += targetsMax) {
        const end = at + targetsMax
        steps.push({ change: { ...kind, targets: targets.slice(at, end) }, owners: owners.slice(at, end) })
      }
      return steps
    })
  }
}

async function carryOut(
  provider: MailProvider,
  { change, owners }: Step,
  { tally, signal }: { readonly tally: Tally; readonly signal: AbortSignal },
): Promise<DeliveryError | undefined> {
  // A message whose flags could not be set is not moved: its wishes are carried out together or asked for again.
  const live = owners.flatMap((owner, at) => (tally.isSettled(owner) ? [] : at))
  const targets = live.flatMap(at => change.targets[at] ?? [])
  if (targets.length === 0) return undefined
  const done: Result<readonly Outcome[], ProviderError> = await provider.apply({ ...change, targets }, signal)
  for (const [index, at] of live.entries()) {
    const owner = owners[at] ?? 0
    if (done.ok) tally.note(owner, done.value[index] ?? { status: 'gone' }, change.kind)
    else if (!endsAll(done.error)) tally.note(owner, { status: 'failed', error: done.error }, change.kind)
  }
  return !done.ok && endsAll(done.error) ? deliveryError(done.error) : undefined
}

const connectionCodes: Partial<Record<ProviderErrorCode, DeliveryErrorCode>> = {
  network: 'network',
  timeout: 'timeout',
  rate_limit: 'rate_limited',
  auth: 'auth_needed',
  certificate: 'auth_needed',
  cancelled: 'cancelled',
}

const refusalCodes: Partial<Record<ProviderErrorCode, RefusalCode>> = {
  not_found: 'folder_missing',
  permission: 'not_permitted',
  quota: 'quota_exceeded',
  unsupported: 'unsupported',
}

function endsAll({ code }: ProviderError): boolean {
  return connectionCodes[code] !== undefined
}

function deliveryError({ code, message, retryAfterMs }: ProviderError): DeliveryError {
  const known = connectionCodes[code] ?? 'internal'
  return { code: known, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

/** What became of each message, over all of its steps and copies. */
class Tally {
  readonly #changes: readonly ProviderChange[]
  readonly #settled = new Map<number, DeliveryResult>()
  readonly #places = new Map<number, Place[]>()
  readonly #found = new Set<number>()
  readonly #missed = new Set<number>()

  constructor(changes: readonly ProviderChange[]) {
    this.#changes = changes
  }

  refuse(owner: number, code: RefusalCode, message: string): void {
    this.#settled.set(owner, { outcome: 'refused', code, message })
  }

  isSettled(owner: number): boolean {
    return this.#settled.has(owner)
  }

  note(owner: number, outcome: Outcome, kind: Change['kind']): void {
    if (outcome.status === 'gone') this.#missed.add(owner)
    else if (outcome.status === 'done') {
      this.#found.add(owner)
      if (kind === 'move' || kind === 'copy') this.#addPlace(owner, outcome.place)
    } else if (outcome.error.code === 'conflict') {
      this.#settled.set(owner, { outcome: 'later', code: 'protocol', message: outcome.error.message })
    } else this.refuse(owner, refusalCodes[outcome.error.code] ?? 'provider_refused', outcome.error.message)
  }

  /** Gone is what was found in none of its places; a copy that somebody deleted does not matter. */
  resultOf(owner: number): DeliveryResult {
    const settled = this.#settled.get(owner)
    if (settled !== undefined) return settled
    const isNowhere = this.#missed.has(owner) || this.#changes[owner]?.places.length === 0
    if (!this.#found.has(owner) && isNowhere) return { outcome: 'gone' }
    const places = this.#places.get(owner)
    return places === undefined ? { outcome: 'applied' } : { outcome: 'applied', places }
  }

  #addPlace(owner: number, place: Place | undefined): void {
    if (place === undefined) return
    this.#places.set(owner, [...(this.#places.get(owner) ?? []), place])
  }
}
