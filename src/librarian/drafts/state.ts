/** The states of a draft; each is a directory. */
export const draftStates = [
  'pending',
  'processing',
  'conflict',
  'accepted',
  'skipped',
  'rejected',
  'failed',
  'quarantined',
] as const
export type DraftState = (typeof draftStates)[number]

/** Where the librarian has nothing more to do. */
export const terminalStates: ReadonlySet<DraftState> = new Set([
  'accepted',
  'skipped',
  'rejected',
  'failed',
  'quarantined',
])

const moves: Readonly<Record<DraftState, readonly DraftState[]>> = {
  // A person may decide on what waits; the librarian takes it first.
  pending: ['processing', 'rejected', 'quarantined'],
  processing: ['pending', 'conflict', 'accepted', 'skipped', 'failed', 'quarantined'],
  // It says something else than memory does: a person decides.
  conflict: ['pending', 'rejected'],
  accepted: [],
  skipped: ['pending'],
  rejected: ['pending'],
  failed: ['pending', 'rejected'],
  quarantined: ['pending', 'rejected'],
}

export function isMove(from: DraftState, to: DraftState): boolean {
  return moves[from].includes(to)
}

export function isDraftState(text: string): text is DraftState {
  return draftStates.some(state => state === text)
}
