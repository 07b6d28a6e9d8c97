import { err, ok, type Result } from '#base/result.ts'
import type { AgentSettings } from '#config/index.ts'
import { meet, type Origin, type Profile, profileNamed } from '#gate/index.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'
import type { ClientHello } from '../protocol/messages.ts'
import type { Agents } from './agents.ts'

/** Who is at the other end of a connection, once and for all. */
export interface Identity {
  readonly origin: Origin
  /** The agent's id; of whoever gave up authority without a token, one of its profile. Undefined for a person. */
  readonly actor: string | undefined
  readonly name: string | undefined
  readonly profile: Profile | undefined
}

export const person: Identity = { origin: 'human', actor: undefined, name: undefined, profile: undefined }

/**
 * A token says who it is (R-02-01). Without one a client can only give authority up: name a profile and have what that
 * has at most, or say that it runs in an agent's environment and have nothing. A name, a `source` or a promise adds
 * nothing to what the connection has.
 */
export function identify(
  claim: ClientHello['as'],
  { agents, settings, now }: { readonly agents: Agents; readonly settings: AgentSettings; readonly now: number },
): Result<Identity, RequestError> {
  if (claim === undefined) return ok(person)
  const { token, profile: asked, origin } = claim
  const lesser = asked === undefined ? undefined : profileNamed(asked, settings)
  if (asked !== undefined && lesser === undefined) {
    return err(
      requestError('policy_denied', `there is no profile "${asked}"; the settings and the built-in ones are searched`),
    )
  }
  if (token === undefined) {
    if (lesser === undefined) return ok({ origin: 'unknown', actor: undefined, name: undefined, profile: undefined })
    return ok({ origin, actor: `as:${lesser.name}`, name: undefined, profile: lesser })
  }
  const checked = agents.check(token, now)
  if (!checked.ok) return err(requestError('policy_denied', refusals[checked.error]))
  const { id, name, profile: profileName } = checked.value
  const granted = profileNamed(profileName, settings)
  const profile = granted === undefined || lesser === undefined ? granted : meet(granted, lesser)
  return ok({ origin, actor: id, name, profile })
}

const refusals = {
  token_malformed: 'the token is not one of ours',
  token_unknown: 'there is no agent with this token',
  token_revoked: 'the token was revoked by a person',
  token_expired: 'the token has expired: a person adds the agent again',
} as const
