import type { Dice } from '../dice.ts'
import { client, home, mailingList, office, overseas } from './conversations.ts'
import { bounce, draft, meeting } from './meetings.ts'
import { newsletter, notification, receipt, spam } from './programs.ts'
import type { Story } from './scene.ts'

/** How often each kind of story happens, in the order of a day. Conversations give several messages each. */
const shares: readonly (readonly [Story, number])[] = [
  [office, 16],
  [client, 8],
  [overseas, 8],
  [home, 12],
  [mailingList, 7],
  [newsletter, 20],
  [receipt, 9],
  [notification, 12],
  [meeting, 6],
  [bounce, 1],
  [spam, 6],
  [draft, 1],
]
const total = shares.reduce((sum, [, share]) => sum + share, 0)

export function pickStory(dice: Dice): Story {
  let roll = dice.next() * total
  for (const [story, share] of shares) {
    roll -= share
    if (roll < 0) return story
  }
  return newsletter
}
