import type { Clock } from '#base/clock.ts'
import { type EventData, type EventKind, eventIdsMax } from './table.ts'

export interface Event<Kind extends EventKind = EventKind> {
  /** Grows by one with each event of this daemon; a new daemon starts anew. */
  readonly seq: number
  readonly at: number
  readonly kind: Kind
  /** The account that it concerns, when it is one. */
  readonly account?: string
  readonly data: EventData<Kind>
}

/** Events are kept so long that a client which was away for a moment misses none. */
const keptMax = 4_096

/** Tells everyone in this process, in order; keeps the latest for those who come back. Listeners must not throw. */
export class EventBus {
  readonly #clock: Clock
  readonly #kept: Event[] = []
  readonly #listeners = new Set<(event: Event) => void>()
  #seq = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get seq(): number {
    return this.#seq
  }

  emit<Kind extends EventKind>(kind: Kind, data: EventData<Kind>, account?: string): void {
    const event = { seq: ++this.#seq, at: this.#clock.now(), kind, data, ...(account === undefined ? {} : { account }) }
    this.#kept.push(event)
    if (this.#kept.length > keptMax) this.#kept.splice(0, this.#kept.length - keptMax)
    for (const listener of this.#listeners) listener(event)
  }

  /** Ids of messages, cut to what an event may name. */
  emitMessages(kind: 'messages.arrived' | 'messages.removed', ids: readonly string[], account?: string): void {
    if (ids.length > 0) this.emit(kind, { ids: ids.slice(0, eventIdsMax), total: ids.length }, account)
  }

  listen(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Those after `seq` that are still kept, and whether some are not. */
  since(seq: number): { readonly events: readonly Event[]; readonly hasGap: boolean } {
    const oldest = this.#kept[0]?.seq ?? this.#seq + 1
    // A number from the future is that of an earlier daemon: all that this one tells is news then.
    const hasGap = seq > this.#seq || seq + 1 < oldest
    return { events: this.#kept.filter(event => hasGap || event.seq > seq), hasGap }
  }
}
