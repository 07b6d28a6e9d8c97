import { Dice } from './dice.ts'
import { namedMessages } from './named/index.ts'
import { pickStory } from './stories/index.ts'
import type { DemoMessage } from './stories/scene.ts'
import { dayMs } from './times.ts'
import { demoEndsAt, demoSpanMs } from './world.ts'

export interface DemoOptions {
  /** How many messages; those with a name are always among them. */
  readonly messages?: number
  readonly seed?: number
}

export const demoMessagesDefault = 2_000
export const demoMessagesMax = 100_000
const seedDefault = 1

/** Fractions that fill the span evenly however many there are: multiples of the golden ratio. */
const golden = 0.618_033_988_749_895
/** More mail lately than three years ago. */
const leaning = 1.25

/**
 * The messages of the demo, the same bytes for the same options on every machine. A larger mailbox holds all of a
 * smaller one. They come in the order of the stories they belong to, not of their dates.
 */
export function* demoMailbox(options: DemoOptions = {}): Generator<DemoMessage> {
  const wanted = Math.min(options.messages ?? demoMessagesDefault, demoMessagesMax)
  const seed = options.seed ?? seedDefault
  let given = 0
  for (const message of namedMessages()) {
    yield message
    given++
  }
  for (let index = 0; given < wanted; index++) {
    const dice = new Dice(seed, index)
    const past = ((index * golden) % 1) ** leaning
    const day = Math.floor((demoEndsAt - dayMs - past * demoSpanMs) / dayMs) * dayMs
    for (const message of pickStory(dice)({ dice, day, key: index.toString(36) })) {
      if (message.receivedAt > demoEndsAt) continue
      yield message
      given++
      if (given >= wanted) return
    }
  }
}
