import type { ActivityDetails } from '#gate/index.ts'
import type { ClientHello } from '../protocol/messages.ts'
import type { Identity } from './identity.ts'

/** An entry of the record of activity: who, what, and what came of it, in identifiers. */
export function entryOf(identity: Identity, action: string, more: Partial<ActivityDetails>): ActivityDetails {
  return {
    origin: identity.origin,
    actor: identity.actor ?? null,
    profile: identity.profile?.name ?? null,
    action,
    verdict: 'effect',
    reason: null,
    accounts: [],
    targets: [],
    counts: {},
    ...more,
  }
}

/** Of somebody who was not let in. */
export function refusedEntry(claim: ClientHello['as']): ActivityDetails {
  const nobody: Identity = { origin: 'unknown', actor: undefined, name: undefined, profile: undefined }
  return entryOf(nobody, 'connect', { verdict: 'deny', reason: claim?.token === undefined ? 'profile' : 'token' })
}
