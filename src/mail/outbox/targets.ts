import { err, ok, type Result } from '#base/result.ts'
import { FLAG, type IncomingLabel, type LabelKind, type LabelRole } from '../store/incoming.ts'
import { type Change, type ChangeRefusal, type FieldChange, flagField } from './change.ts'

/** What an account offers to put mail under. */
export interface AccountLabels {
  readonly delivery: Delivered
  readonly labels: readonly KnownLabel[]
  /** Makes a label here; a provider hears of it with the first message under it. */
  make(label: IncomingLabel): KnownLabel
}

/** How decisions reach the provider: not at all, as moves between folders, or as labels. */
export type Delivered = 'none' | 'folders' | 'labels'

export interface KnownLabel {
  readonly id: number
  readonly key: string
  readonly name: string
  readonly kind: LabelKind
  readonly role: string | null
}

export interface MessageNow {
  /** Those that it is under, or would be if it were not put off. */
  readonly labels: ReadonlySet<number>
  /** Those that it comes back under, when it is put off. */
  readonly hidden: readonly number[]
  /** Those that the provider has yet to be told to put it under. */
  readonly entering: ReadonlySet<number>
  readonly now: number
}

export interface Target {
  readonly fields: readonly FieldChange[]
  /** When it comes back; null: it is no longer put off. */
  readonly wakeAt?: number | null
}

type Refused = { readonly code: ChangeRefusal; readonly message: string }
type Outcome = Result<Target, Refused>

/** What one change means for one message: which fields become what. Makes labels where that is the wish. */
export function targetOf(change: Change, account: AccountLabels, message: MessageNow): Outcome {
  switch (change.action) {
    case 'mark':
      return ok({ fields: [{ field: flagField(FLAG.read), value: change.read }] })
    case 'star':
      return ok({ fields: [{ field: flagField(FLAG.starred), value: change.starred }] })
    case 'archive':
      return puttingOffEnds(archive(account, message), account, message)
    case 'trash':
    case 'spam':
      return puttingOffEnds(discard(change.action, account, message), account, message)
    case 'move':
      return puttingOffEnds(move(change.folder, account, message), account, message)
    case 'label':
      return label(change.label, account)
    case 'unlabel':
      return unlabel(change.label, account)
    case 'snooze':
      return snooze(change.until, account, message)
    case 'unsnooze': {
      const back = message.hidden.map(field => ({ field, value: true }))
      return ok({ fields: [...back, ...localRole('snoozed', account, false)], wakeAt: null })
    }
    case 'mute': {
      const archived = archive(account, message)
      if (!archived.ok) return archived
      return ok({ fields: [...archived.value.fields, ...localRole('muted', account, true)] })
    }
    case 'unmute':
      return ok({ fields: localRole('muted', account, false) })
  }
}

/** Whoever files a message away does not want to see it again at a time that was chosen before. */
function puttingOffEnds(outcome: Outcome, account: AccountLabels, { labels }: MessageNow): Outcome {
  if (!outcome.ok) return outcome
  const snoozed = withRole(account, 'snoozed')
  if (snoozed === undefined || !labels.has(snoozed.id)) return outcome
  return ok({ fields: [...outcome.value.fields, { field: snoozed.id, value: false }], wakeAt: null })
}

/** Roles that no provider knows: labels of ours, never delivered, never taken away by a sync. */
export const localRoles: ReadonlySet<string> = new Set(['snoozed', 'muted'])

function archive(account: AccountLabels, message: MessageNow): Outcome {
  const inboxes = under(account, message, ({ role }) => role === 'inbox')
  if (inboxes.length === 0) return ok({ fields: [] })
  const fields = inboxes.map(({ id }) => ({ field: id, value: false }))
  const isMove = account.delivery === 'folders' && inboxes.some(({ kind }) => kind === 'folder')
  const target = withRole(account, 'archive') ?? (isMove ? withRole(account, 'all_mail') : undefined)
  if (target?.kind === 'folder' && account.delivery !== 'labels') fields.push({ field: target.id, value: true })
  else if (isMove) return refuse('folder_missing', 'the account has no archive folder')
  return ok({ fields })
}

function discard(role: 'trash' | 'spam', account: AccountLabels, message: MessageNow): Outcome {
  const target =
    withRole(account, role) ??
    (account.delivery === 'none' ? account.make({ ...localFolders[role], kind: 'folder', role }) : undefined)
  if (target === undefined) return refuse('folder_missing', `the account has no ${role} folder`)
  return ok({ fields: [...leaving(account, message, target), { field: target.id, value: true }] })
}

const localFolders = { trash: { key: 'Trash' }, spam: { key: 'Spam' } } as const

function move(name: string, account: AccountLabels, message: MessageNow): Outcome {
  const isFolder = ({ kind, role }: KnownLabel) =>
    account.delivery === 'labels' || kind === 'folder' || role === 'inbox'
  const target =
    named(account, name, isFolder) ??
    (account.delivery === 'none' ? account.make({ key: name, kind: 'folder' }) : undefined)
  if (target === undefined) return refuse('label_unknown', `the account has no folder "${name}"`)
  return ok({ fields: [...leaving(account, message, target), { field: target.id, value: true }] })
}

/** Every folder that it lies in is left, so that no copy stays behind; a view of all mail is no place to leave. */
function leaving(account: AccountLabels, message: MessageNow, target: KnownLabel): FieldChange[] {
  const places = under(account, message, ({ id, kind, role }) => {
    if (id === target.id || role === 'all_mail') return false
    return kind === 'folder' || role === 'inbox' || role === 'trash' || role === 'spam'
  })
  return places.map(({ id }) => ({ field: id, value: false }))
}

/** An atom of RFC 9051 without the characters that some server is known to refuse. */
const keyword = /^[A-Za-z0-9$][A-Za-z0-9$_.+-]{0,63}$/

function label(name: string, account: AccountLabels): Outcome {
  const known = named(account, name, ({ kind, role }) => kind !== 'folder' && !localRoles.has(role ?? ''))
  if (known !== undefined) return ok({ fields: [{ field: known.id, value: true }] })
  if (named(account, name, ({ kind }) => kind === 'folder') !== undefined) return folderIsNoLabel(name)
  if (account.delivery === 'folders' && !keyword.test(name)) {
    return refuse('label_invalid', `on this server a label is one word of letters, digits and $ _ . + -, not "${name}"`)
  }
  const made = account.make({ key: name, kind: account.delivery === 'folders' ? 'keyword' : 'label' })
  return ok({ fields: [{ field: made.id, value: true }] })
}

function unlabel(name: string, account: AccountLabels): Outcome {
  const known = named(account, name, ({ kind, role }) => kind !== 'folder' && !localRoles.has(role ?? ''))
  if (known !== undefined) return ok({ fields: [{ field: known.id, value: false }] })
  if (named(account, name, ({ kind }) => kind === 'folder') !== undefined) return folderIsNoLabel(name)
  return ok({ fields: [] })
}

function folderIsNoLabel(name: string): Outcome {
  return refuse('label_is_folder', `"${name}" is a folder: mail is moved there, not labelled`)
}

function snooze(until: number, account: AccountLabels, message: MessageNow): Outcome {
  if (until <= message.now) return refuse('time_past', 'that time is past')
  const inboxes = under(account, message, ({ role }) => role === 'inbox')
  // Put off, it would never be delivered, and would be in no folder at all.
  if (inboxes.some(({ id }) => message.entering.has(id))) {
    return refuse('not_delivered', 'it is on its way into the inbox: snooze it once that is delivered')
  }
  const hidden: FieldChange[] = inboxes.map(({ id }) => ({ field: id, value: false, isHeld: true }))
  return ok({ fields: [...hidden, ...localRole('snoozed', account, true)], wakeAt: until })
}

function localRole(role: 'snoozed' | 'muted', account: AccountLabels, value: boolean): FieldChange[] {
  const known = withRole(account, role)
  if (known === undefined && !value) return []
  const { id } = known ?? account.make(localLabel(role))
  return [{ field: id, value }]
}

export function localLabel(role: 'snoozed' | 'muted'): IncomingLabel {
  return { key: `postern:${role}`, name: role, kind: 'label', role }
}

function under(account: AccountLabels, message: MessageNow, wanted: (label: KnownLabel) => boolean): KnownLabel[] {
  return account.labels.filter(each => message.labels.has(each.id) && wanted(each))
}

function withRole({ labels }: AccountLabels, role: LabelRole): KnownLabel | undefined {
  return labels.find(each => each.role === role)
}

/** By its key, else by its name or role as a person writes it. */
function named(
  { labels }: AccountLabels,
  name: string,
  wanted: (label: KnownLabel) => boolean,
): KnownLabel | undefined {
  const candidates = labels.filter(wanted)
  const lower = name.toLowerCase()
  return (
    candidates.find(({ key }) => key === name) ??
    candidates.find(each => each.name.toLowerCase() === lower || each.key.toLowerCase() === lower) ??
    candidates.find(({ role }) => role === lower)
  )
}

function refuse(code: ChangeRefusal, message: string): Outcome {
  return err({ code, message })
}
