/**
 * The outbox: what the person decided about mail, and what of it a provider does not know yet.
 *
 * A decision changes messages here at once, and what its provider has to be told is noted in the same transaction. The
 * note is not a list of steps but the net of them: for each message and field (a flag, a label) the value that is
 * wanted and the one that the provider has. So a week of decisions is delivered in a few commands, what was taken back
 * meanwhile is not delivered at all, and whatever a sync brings cannot undo what is not delivered.
 *
 * `MailWriter` has these functions as its methods. What may never happen here: a decision that was acknowledged and is
 * lost or done twice; a provider's refusal that is not shown; a message deleted as the outcome of a move.
 */
export type { Change, ChangeRefusal } from './change.ts'
export { type Decided, type DecisionRequest, decisionMessagesMax, type RefusedMessage, undoWindowMs } from './decide.ts'
export { type PlanApplication, type Planned, type PlanRequest, planLifetimeMs } from './plan.ts'
export * from './reading.ts'
export type { Settled } from './settle.ts'
export type { Taken } from './take.ts'
export { type Delivered, localRoles } from './targets.ts'
export type { UndoRequest } from './undo.ts'
export type { Woken } from './wake.ts'
