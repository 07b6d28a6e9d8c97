import { FLAG, type LabelKind } from './incoming.ts'

/** Flags that a message has of itself, whatever its labels. */
export const ownFlags = FLAG.read | FLAG.starred | FLAG.draft | FLAG.answered

export interface Placement {
  readonly kind: LabelKind
  readonly role: string | null
}

/**
 * A message's flags: its own, and what follows from where it lies. Mail that also lies in a folder besides the trash
 * is not in the trash; a label that it kept when it was thrown away does not bring it back.
 */
export function flagsOf(own: number, placements: readonly Placement[]): number {
  const roles = new Set(placements.map(({ role }) => role))
  const livesElsewhere = placements.some(({ kind, role }) => kind === 'folder' && role !== 'trash' && role !== 'spam')
  let flags = own & ownFlags
  if (roles.has('starred')) flags |= FLAG.starred
  if (roles.has('drafts')) flags |= FLAG.draft
  if (roles.has('sent')) flags |= FLAG.sent
  if (roles.has('trash') && !livesElsewhere) flags |= FLAG.trash
  if (roles.has('spam') && !livesElsewhere) flags |= FLAG.spam
  const isPutAway = (flags & (FLAG.draft | FLAG.sent | FLAG.trash | FLAG.spam)) === 0 && !roles.has('inbox')
  if (roles.has('archive') || isPutAway) flags |= FLAG.archived
  return flags
}

export function isUnread(flags: number): boolean {
  return (flags & FLAG.read) === 0
}
