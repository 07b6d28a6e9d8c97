import { fillers } from '../characters.ts'
import { decodeEntities } from './entities.ts'
import type { HiddenReason } from './style.ts'

/** One run of text that the source holds and a reader does not see. */
export interface HiddenText {
  readonly reason: HiddenReason
  /** Its beginning, white space collapsed. Untrusted, as all mail text is. */
  readonly text: string
  readonly length: number
}

/** What was left out of a rendering because a person would not see it. A gate decides what that means. */
export interface HiddenFacts {
  /** Characters of the source that style hides, comments not counted. */
  readonly length: number
  /** The first runs; `count` tells how many there were. */
  readonly runs: readonly HiddenText[]
  readonly count: number
}

const runsMax = 50
const sampleMax = 300

export class HiddenLog {
  readonly #runs: { reason: HiddenReason; text: string; length: number }[] = []
  #count = 0
  #length = 0
  #mayJoin = false

  /** Text that is hidden; what only fills space is not worth a word. */
  add(reason: HiddenReason, source: string): void {
    const { length } = source
    let trimmed = visible(source.slice(0, sampleMax * 4))
    // Padding in front must not keep what comes behind it from being told.
    if (trimmed === '' && length > sampleMax * 4) trimmed = visible(source)
    if (trimmed === '') return
    if (reason !== 'comment') this.#length += length
    const last = this.#runs.at(-1)
    if (this.#mayJoin && last !== undefined && last.reason === reason) {
      last.length += length
      if (last.text.length < sampleMax) last.text = `${last.text} ${trimmed}`.slice(0, sampleMax)
      return
    }
    this.#count++
    this.#mayJoin = this.#runs.length < runsMax
    if (this.#mayJoin) this.#runs.push({ reason, text: trimmed.slice(0, sampleMax), length })
  }

  /** Visible text came between: what follows is a run of its own. */
  cut(): void {
    this.#mayJoin = false
  }

  get facts(): HiddenFacts {
    return { length: this.#length, runs: this.#runs, count: this.#count }
  }
}

function visible(source: string): string {
  return decodeEntities(source).replace(filling, ' ').trim()
}

const filling = new RegExp(`[${fillers}]+`, 'g')
