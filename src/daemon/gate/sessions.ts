import type { Clock } from '#base/clock.ts'
import { afterReading, digestOf, type Reading, type Taint, untainted } from '#gate/index.ts'

/** What an agent has read counts against what it sends for this long, over all its connections. */
const taintMs = 2 * 3_600_000
const refusalMs = 3_600_000
const writtenMax = 5_000
const textsMax = 300

/** What is known of each agent while the daemon runs: in memory only, hashes only. */
export class Sessions {
  readonly #clock: Clock
  readonly #known = new Map<string, Known>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  taintOf(actor: string): Taint {
    return this.#of(actor).taint
  }

  refusalsOf(actor: string): number {
    return this.#of(actor).refusals.length
  }

  read(actor: string, readings: readonly Reading[]): void {
    const known = this.#of(actor)
    known.taint = readings.reduce(afterReading, known.taint)
    known.lastReadAt = this.#clock.monotonicMs()
  }

  /** What was read cannot be looked into: everything outward is held from now on. */
  readUnknown(actor: string): void {
    const known = this.#of(actor)
    known.taint = { ...known.taint, overflow: known.taint.overflow + 1 }
    known.lastReadAt = this.#clock.monotonicMs()
  }

  /**
   * A draft's own words come back when it is shown or checked; they are nobody else's. Where an agent had read them
   * before, they count since then, and they are forgotten together with that.
   */
  wrote(actor: string, texts: readonly string[]): void {
    const { written } = this.#of(actor)
    if (written.size > writtenMax) written.clear()
    for (const text of texts.slice(0, textsMax)) written.add(digestOf({ text }))
  }

  isOwnText(actor: string, text: string): boolean {
    return this.#of(actor).written.has(digestOf({ text }))
  }

  refused(actor: string): void {
    this.#of(actor).refusals.push(this.#clock.monotonicMs())
  }

  #of(actor: string): Known {
    const now = this.#clock.monotonicMs()
    let known = this.#known.get(actor)
    if (known === undefined) {
      known = { taint: untainted, lastReadAt: now, refusals: [], written: new Set() }
      this.#known.set(actor, known)
    }
    if (now - known.lastReadAt > taintMs) {
      known.taint = untainted
      known.written.clear()
    }
    known.refusals = known.refusals.filter(at => now - at < refusalMs).slice(-1_000)
    return known
  }
}

interface Known {
  taint: Taint
  lastReadAt: number
  refusals: number[]
  /** Digests of texts that it put into drafts. */
  readonly written: Set<string>
}
