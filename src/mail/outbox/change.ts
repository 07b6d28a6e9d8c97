/** One thing that can be done to a message. Doing it again changes nothing. */
export type Change =
  | { readonly action: 'archive' | 'trash' | 'spam' | 'unsnooze' | 'mute' | 'unmute' }
  | { readonly action: 'mark'; readonly read: boolean }
  | { readonly action: 'star'; readonly starred: boolean }
  | { readonly action: 'label' | 'unlabel'; readonly label: string }
  | { readonly action: 'move'; readonly folder: string }
  /** Out of the inbox until then: ms since the epoch. */
  | { readonly action: 'snooze'; readonly until: number }

/** Why a message cannot be changed so. */
export type ChangeRefusal =
  | 'message_unknown'
  | 'folder_missing'
  | 'label_unknown'
  | 'label_is_folder'
  | 'label_invalid'
  | 'time_past'
  /** It is on its way into the inbox, and the provider has not heard of that yet. */
  | 'not_delivered'
  /** It changed since the plan was made. */
  | 'stale'
  /** A later change overtook what should be undone. */
  | 'superseded'

/**
 * A property of a message that is so or not so: under a label (the label's number), or a flag (its bit, negative).
 * Decisions, the outbox and conflicts are all about fields.
 */
export type Field = number

export interface FieldChange {
  readonly field: Field
  readonly value: boolean
  /** True here only: the provider is never told. */
  readonly isHeld?: true
}

export function flagField(bit: number): Field {
  return -bit
}

/** `did` of a decision's item: '-1:1 17:0'. */
export function formatFields(changes: readonly FieldChange[]): string {
  return changes.map(({ field, value }) => `${field}:${value ? 1 : 0}`).join(' ')
}

export function parseFields(text: string): FieldChange[] {
  if (text === '') return []
  return text.split(' ').map(part => {
    const [field = '', value] = part.split(':')
    return { field: Number(field), value: value === '1' }
  })
}
