/**
 * How a log here and its copy elsewhere stand to each other. Logs only grow, so that one of two that share their past
 * is the beginning of the other; anything else is a divergence, which nobody resolves by itself.
 */
export type Relation = 'none' | 'local_only' | 'remote_only' | 'synced' | 'local_ahead' | 'remote_ahead' | 'diverged'

export function relationOf(local: Buffer | undefined, remote: Buffer | undefined): Relation {
  if (local === undefined) return remote === undefined ? 'none' : 'remote_only'
  if (remote === undefined) return 'local_only'
  const shared = Math.min(local.length, remote.length)
  if (!local.subarray(0, shared).equals(remote.subarray(0, shared))) return 'diverged'
  if (local.length === remote.length) return 'synced'
  return local.length > remote.length ? 'local_ahead' : 'remote_ahead'
}

/** Up to where two logs are the same. */
export function sharedLength(one: Buffer, other: Buffer): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) if (one[at] !== other[at]) return at
  return length
}
