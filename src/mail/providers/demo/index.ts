/**
 * The demo's mailbox: three years of one person's mail, made up, so that everything can be tried, shown and tested
 * without anybody's letters. Conversations, newsletters, receipts, codes, invitations, lists and bounces in seventeen
 * languages, and the attacks that the rest of the program is shown against (`named/hostile.ts`).
 *
 * Its bytes follow from the seed and a fixed day alone: no clock, no system randomness, no library whose output may
 * change. What may never happen here: an address outside `.example`, a message whose bytes differ between machines.
 */
export { type Filled, type FillOptions, fillDemo, incomingOf } from './fill.ts'
export { type DemoOptions, demoMailbox, demoMessagesDefault, demoMessagesMax } from './mailbox.ts'
export { stranger, type WellKnown, wellKnownMessageId, wellKnownMessages } from './named/index.ts'
export type { DemoMessage } from './stories/scene.ts'
export { demoAccount, demoAddresses, demoEndsAt } from './world.ts'
