import { integer } from './database.ts'
import { flagsOf, isUnread, ownFlags } from './flags.ts'
import type { MessageId } from './ids.ts'
import type { Writing } from './writing.ts'

export interface MessageState {
  readonly flags: number
  readonly thread: number
}

export function stateOf({ statements }: Writing, id: MessageId): MessageState {
  const row = statements.one('SELECT flags, thread_id FROM messages WHERE id = ?', id)
  return { flags: integer(row, 0), thread: integer(row, 1) }
}

/** Says whether the message did not have the label. Its flags are the caller's to update. */
export function addLabel(writing: Writing, { id, flags }: { id: MessageId; flags: number }, label: number): boolean {
  const added = writing.statements.run(
    'INSERT OR IGNORE INTO message_labels(label_id, message_id) VALUES (?, ?)',
    label,
    id,
  )
  if (added > 0) writing.labels.count(label, 1, isUnread(flags) ? 1 : 0)
  return added > 0
}

/** Takes the label and the places under it. */
export function removeLabel(writing: Writing, id: MessageId, label: number): boolean {
  if (!hideLabel(writing, id, label)) return false
  writing.statements.run('DELETE FROM locations WHERE message_id = ? AND label_id = ?', id, label)
  return true
}

/** Takes the label but keeps the places: the provider still has the message there, until it is told. */
export function hideLabel(writing: Writing, id: MessageId, label: number): boolean {
  const removed = writing.statements.run('DELETE FROM message_labels WHERE label_id = ? AND message_id = ?', label, id)
  if (removed === 0) return false
  writing.labels.count(label, -1, isUnread(stateOf(writing, id).flags) ? -1 : 0)
  return true
}

/** Writes the flags that follow from these own ones and the message's labels, and every count that depends on them. */
export function updateFlags(writing: Writing, id: MessageId, own: number): boolean {
  const { flags: before, thread } = stateOf(writing, id)
  const labels = labelsOf(writing, id)
  const after = flagsOf(
    own,
    labels.map(label => writing.labels.byId(label)),
  )
  if (after === before) return false
  writing.statements.run('UPDATE messages SET flags = ? WHERE id = ?', after, id)
  const change = Number(isUnread(after)) - Number(isUnread(before))
  if (change !== 0) {
    writing.threads.countUnread(thread, change)
    for (const label of labels) writing.labels.count(label, 0, change)
  }
  return true
}

/** After labels have changed. */
export function refreshFlags(writing: Writing, id: MessageId): boolean {
  return updateFlags(writing, id, stateOf(writing, id).flags & ownFlags)
}

export function labelsOf({ statements }: Writing, id: MessageId): number[] {
  return statements.all('SELECT label_id FROM message_labels WHERE message_id = ?', id).map(row => integer(row, 0))
}
