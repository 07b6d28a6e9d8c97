import { ok, type Result } from '#base/result.ts'
import type { Place, ProviderChange } from '../providers/delivery.ts'
import { integer, text } from '../store/database.ts'
import type { StoreError } from '../store/errors.ts'
import type { MessageId } from '../store/ids.ts'
import type { IncomingLabel, LabelRole } from '../store/incoming.ts'
import { LABEL_ROLES } from '../store/incoming.ts'
import type { LabelRow } from '../store/label-rows.ts'
import { labelsOf } from '../store/membership.ts'
import type { Writing } from '../store/writing.ts'
import type { Field } from './change.ts'
import { allWaiting, type Waiting } from './fields.ts'

/** What one message has to be delivered, and what of the outbox it stands for. */
export interface Taken {
  readonly change: ProviderChange
  readonly fields: readonly TakenField[]
  /** It was handed over before and nothing was heard of it: perhaps it is done. */
  readonly wasTried: boolean
}

export interface TakenField {
  readonly field: Field
  readonly wanted: boolean
  readonly decision: number
}

/**
 * The next messages of an account that its provider has to be told of, those decided first first. They are marked as
 * handed over before they are: after a crash in between, one that is gone from its place was moved by us.
 */
export function takeDeliveries(writing: Writing, account: string, limit: number): Result<readonly Taken[], StoreError> {
  return writing.transaction(() => {
    const { statements } = writing
    const rows = statements.all(
      `SELECT message_id FROM outbox WHERE is_held = 0 AND account_id = (SELECT id FROM accounts WHERE name = ?)
       GROUP BY message_id ORDER BY min(decision_id), message_id LIMIT ?`,
      account,
      limit,
    )
    const taken = rows.map(row => takeMessage(writing, integer(row, 0)))
    for (const row of rows) {
      statements.run('UPDATE outbox SET is_tried = 1 WHERE message_id = ? AND is_held = 0', integer(row, 0))
    }
    return ok(taken)
  })
}

function takeMessage(writing: Writing, id: MessageId): Taken {
  const waiting = allWaiting(writing, id).filter(({ isHeld, isLost }) => !isHeld && !isLost)
  const { entering, later } = chooseFolder(writing, waiting)
  const now = waiting.filter(each => !later.includes(each))
  return {
    change: changeOf(writing, id, now, entering),
    fields: now.map(({ field, wanted, decision }) => ({ field, wanted, decision })),
    wasTried: now.some(({ isTried }) => isTried),
  }
}

/** A message enters one folder at a time; a second one waits for the next turn. */
function chooseFolder(writing: Writing, waiting: readonly Waiting[]): { entering: LabelRow | null; later: Waiting[] } {
  const folders = waiting.filter(({ field, wanted }) => field > 0 && wanted && isFolder(writing, field))
  const [first, ...later] = folders
  return { entering: first === undefined ? null : writing.labels.byId(first.field), later }
}

function changeOf(
  writing: Writing,
  id: MessageId,
  waiting: readonly Waiting[],
  entering: LabelRow | null,
): ProviderChange {
  let setFlags = 0
  let clearFlags = 0
  const addLabels: IncomingLabel[] = []
  const removeLabels: string[] = []
  const leaveFolders: string[] = []
  for (const { field, wanted } of waiting) {
    if (field < 0 && wanted) setFlags |= -field
    else if (field < 0) clearFlags |= -field
    else if (isFolder(writing, field)) {
      if (!wanted) leaveFolders.push(keyOf(writing, field))
    } else if (wanted) addLabels.push(incoming(writing, field))
    else removeLabels.push(keyOf(writing, field))
  }
  const enter = entering ?? (leaveFolders.length > 0 ? whereItLies(writing, id) : null)
  const providerId = writing.statements.one(
    'SELECT provider_id FROM provider_ids WHERE message_id = ? LIMIT 1',
    id,
  )?.[0]
  return {
    message: id,
    ...(typeof providerId === 'string' ? { providerId } : {}),
    places: placesOf(writing, id),
    setFlags,
    clearFlags,
    addLabels,
    removeLabels,
    leaveFolders,
    enterFolder: enter === null ? null : incoming(writing, enter.id),
  }
}

/** Out of one folder while it lies in another one: the copy goes there, so that nothing has to be deleted. */
function whereItLies(writing: Writing, id: MessageId): LabelRow | null {
  const labels = labelsOf(writing, id).map(label => writing.labels.byId(label))
  return labels.find(({ kind, role }) => kind === 'folder' && role !== 'all_mail') ?? null
}

function placesOf({ statements }: Writing, id: MessageId): Place[] {
  const rows = statements.all(
    `SELECT l.key, p.uidvalidity, p.uid FROM locations p JOIN labels l ON l.id = p.label_id
     WHERE p.message_id = ? ORDER BY l.key, p.uid`,
    id,
  )
  return rows.map(row => ({ mailbox: text(row, 0), uidvalidity: integer(row, 1), uid: integer(row, 2) }))
}

function isFolder({ labels }: Writing, label: number): boolean {
  return labels.byId(label).kind === 'folder'
}

function keyOf({ statements }: Writing, label: number): string {
  return text(statements.one('SELECT key FROM labels WHERE id = ?', label), 0)
}

function incoming(writing: Writing, label: number): IncomingLabel {
  const { name, kind, role } = writing.labels.byId(label)
  const known = LABEL_ROLES.find((each): each is LabelRole => each === role)
  return { key: keyOf(writing, label), name, kind, ...(known === undefined ? {} : { role: known }) }
}
