import { instant } from '#base/instant.ts'
import type { Change, Decided } from '#mail/outbox/index.ts'
import type { ResultOf, Change as WireChange } from '../requests/index.ts'

/** Changes and their outcomes, as the protocol has them and as the store has them. */

export function changeFromWire(change: WireChange): Change {
  return change.action === 'snooze' ? { action: 'snooze', until: Date.parse(change.until) } : change
}

export function changeToWire(change: Change): WireChange {
  switch (change.action) {
    case 'snooze':
      return { action: 'snooze', until: instant(change.until) }
    case 'mark':
      return { action: 'mark', read: change.read }
    case 'star':
      return { action: 'star', starred: change.starred }
    case 'label':
    case 'unlabel':
      return { action: change.action, label: change.label }
    case 'move':
      return { action: 'move', folder: change.folder }
    default:
      return { action: change.action }
  }
}

export function decidedToWire(decided: Decided): ResultOf<'mail.change'> {
  const { changed, requested, refusedTotal } = decided
  return {
    decision_id: decided.decision,
    is_repeat: decided.isRepeat,
    requested,
    changed,
    unchanged: requested - changed - refusedTotal,
    refused_total: refusedTotal,
    refused: [...decided.refused],
    pending: decided.pending,
    undo_until: instant(decided.undoUntil),
  }
}

export function fromInstant(ms: number): string {
  return instant(ms)
}
