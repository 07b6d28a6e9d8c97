import * as v from 'valibot'
import type { Capability } from '#gate/index.ts'
import * as shape from './shapes.ts'

/** A name of a label, a folder or a saved search: visible, on one line. */
export const labelText = v.pipe(v.string(), v.minLength(1), v.maxLength(200), v.regex(/^[^\x00-\x1f\x7f]+$/))

/** One thing that can be done to a message. */
export const change = v.variant('action', [
  v.strictObject({ action: v.literal('archive') }),
  v.strictObject({ action: v.literal('trash') }),
  v.strictObject({ action: v.literal('spam') }),
  v.strictObject({ action: v.literal('mark'), read: v.boolean() }),
  v.strictObject({ action: v.literal('star'), starred: v.boolean() }),
  v.strictObject({ action: v.literal('label'), label: labelText }),
  v.strictObject({ action: v.literal('unlabel'), label: labelText }),
  v.strictObject({ action: v.literal('move'), folder: labelText }),
  v.strictObject({ action: v.literal('snooze'), until: shape.instant }),
  v.strictObject({ action: v.literal('unsnooze') }),
  v.strictObject({ action: v.literal('mute') }),
  v.strictObject({ action: v.literal('unmute') }),
])
export type Change = v.InferOutput<typeof change>

/** What whoever makes the change must be allowed to do. Spam counts as trash: both put mail where it is deleted. */
export function capabilityOfChange({ action }: Change): Capability {
  return action === 'trash' || action === 'spam' ? 'trash' : 'organize'
}
