import { fillers } from '../characters.ts'
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
  /** Characters hidden by style, comments not counted. */
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
  add(reason: HiddenReason, text: string): void {
    const trimmed = text
      .slice(0, sampleMax * 4)
      .replace(filling, ' ')
      .trim()
    if (trimmed === '') return
    if (reason !== 'comment') this.#length += text.length
    const last = this.#runs.at(-1)
    if (this.#mayJoin && last !== undefined && last.reason === reason) {
      last.length += text.length
      if (last.text.length < sampleMax) last.text = `${last.text} ${trimmed}`.slice(0, sampleMax)
      return
    }
    this.#count++
    this.#mayJoin = this.#runs.length < runsMax
    if (this.#mayJoin) this.#runs.push({ reason, text: trimmed.slice(0, sampleMax), length: text.length })
  }

  /** Visible text came between: what follows is a run of its own. */
  cut(): void {
    this.#mayJoin = false
  }

  get facts(): HiddenFacts {
    return { length: this.#length, runs: this.#runs, count: this.#count }
  }
}

const filling = new RegExp(`[${fillers}]+`, 'g')
