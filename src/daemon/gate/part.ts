import type { DatabaseSync } from 'node:sqlite'
import { instant } from '#base/instant.ts'
import { err, ok, type Result } from '#base/result.ts'
import { approve, grantable, levelOf, profileNamed } from '#gate/index.ts'
import type { Call, Core, Handlers, Part } from '../part.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'
import type { guardingRequests } from '../requests/guarding.ts'
import { isRequestName, type RequestName, type RequestSpec, type ResultOf, requests } from '../requests/index.ts'
import type { Looked } from './activity.ts'
import type { Agent } from './agents.ts'
import type { Gatekeeper } from './keeper.ts'
import { factsOf } from './outgoing.ts'
import type { PassphraseRefusal } from './passphrase.ts'
import type { StagedRequest } from './staging.ts'

type Names = keyof typeof guardingRequests

const tendMs = 60 * 60_000
const dayMs = 24 * 3_600_000

/** What a person does about agents: lets them in, decides on what waits, looks at what was done. */
export function gatePart(
  core: Core,
  {
    keeper,
    database,
    handlers,
  }: { readonly keeper: Gatekeeper; readonly database: DatabaseSync; readonly handlers: () => Handlers },
): Part<Names> {
  const { clock } = core
  core.scheduler.every('gate', tendMs, () => keeper.tend())

  /** Where a passphrase is set, whoever does this knows it. */
  const known = (passphrase: string | undefined): Result<undefined, RequestError> => {
    if (!keeper.passphrase.isSet) return ok(undefined)
    const checked = keeper.passphrase.check(passphrase ?? '', clock.now())
    return checked.ok ? checked : err(passphraseError(checked.error))
  }
  const found = (id: string): Result<StagedRequest, RequestError> => {
    keeper.staging.expire(clock.now())
    const staged = keeper.staging.find(id)
    return staged === undefined ? err(requestError('not_found', `nothing waits under ${id}`)) : ok(staged)
  }

  return {
    name: 'gate',
    handlers: {
      'mail.facts': ({ id }) => {
        const facts = factsOf(core, id)
        return facts === undefined ? err(requestError('message_unknown', `there is no message ${id}`)) : ok(facts)
      },
      'session.show': (_params, { caller }) => {
        const { origin, name, profile } = caller.identity
        const levels = grantable.map(each => [each, profile === undefined ? 'deny' : levelOf(profile, each)] as const)
        return ok({
          origin,
          agent: name ?? null,
          profile: profile?.name ?? null,
          accounts: [...(profile?.accounts ?? [])],
          levels: Object.fromEntries(levels),
        })
      },
      'session.note': ({ sources }, { caller }) => {
        for (const { id, text, confirmed } of sources) keeper.note(caller.identity, { id, text, confirmed })
        return ok({})
      },
      'agent.add': ({ name, profile, expires_days: days, passphrase }) => {
        const allowed = known(passphrase)
        if (!allowed.ok) return allowed
        if (profileNamed(profile, core.config.agents) === undefined) {
          return err(requestError('not_found', `there is no profile "${profile}"`))
        }
        const now = clock.now()
        const expiresAt = days === undefined ? undefined : now + days * dayMs
        const added = keeper.agents.add({ name, profile, expiresAt }, now)
        if (!added.ok) return err(requestError('name_taken', `there is an agent "${name}" already, or was one`))
        return ok({ ...agentToWire(added.value.agent), token: added.value.token })
      },
      'agent.list': () => ok({ items: keeper.agents.list().map(agentToWire) }),
      'agent.revoke': ({ name }) => {
        const revoked = keeper.agents.revoke(name, clock.now())
        const now = revoked === undefined ? undefined : keeper.agents.find(revoked.id)
        return now === undefined
          ? err(requestError('not_found', `there is no agent "${name}" that is let in`))
          : ok(agentToWire(now))
      },
      'passphrase.set': ({ next, current }) => {
        const set = keeper.passphrase.set(next, current, clock.now())
        return set.ok ? ok({}) : err(passphraseError(set.error))
      },
      'passphrase.state': () => ok({ is_set: keeper.passphrase.isSet }),
      'passphrase.check': ({ passphrase }) => {
        const checked = keeper.passphrase.check(passphrase, clock.now())
        return checked.ok ? ok({}) : err(passphraseError(checked.error))
      },
      'approval.list': ({ state, limit }) => {
        keeper.staging.expire(clock.now())
        return ok({ items: keeper.staging.list(state, undefined, limit).map(stagedToWire) })
      },
      'approval.show': ({ id }) => {
        const staged = found(id)
        return staged.ok ? ok(stagedToWire(staged.value)) : staged
      },
      'approval.deny': ({ id }, { caller }) => {
        const staged = found(id)
        if (!staged.ok) return staged
        if (!keeper.staging.move(id, 'waiting', 'denied', { now: clock.now() })) return err(decidedAlready(id))
        keeper.recordEffect(caller.identity, 'approval.denied', { targets: [id] })
        return again(keeper, id)
      },
      'approval.approve': async ({ id, digest, passphrase }, call) => {
        const staged = found(id)
        if (!staged.ok) return staged
        const checked = keeper.passphrase.check(passphrase, clock.now())
        if (!checked.ok) return err(passphraseError(checked.error))
        return carryOut(staged.value, digest, call)
      },
      'approval.status': ({ id, limit }, { caller }) => {
        const session = caller.identity.actor ?? ''
        const own = keeper.staging.list('all', session, limit)
        const items = (id === undefined ? own : own.filter(each => each.id === id)).map(stateToWire)
        return ok({ items })
      },
      'activity.list': ({ agent, ...filter }) => {
        const id =
          agent === undefined ? undefined : (keeper.agents.list().find(each => each.name === agent)?.id ?? agent)
        return ok(entriesToWire(keeper.activity.list({ ...filter, agent: id })))
      },
      'activity.own': (filter, { caller }) =>
        ok(entriesToWire(keeper.activity.list({ ...filter, agent: caller.identity.actor ?? '' }))),
      'activity.verify': () => {
        const { fault, seq, hash } = keeper.activity.verify()
        return ok({ is_sound: fault === undefined, fault: fault ?? null, entries: seq, head: hash })
      },
      'activity.redact': ({ seq, passphrase }) => {
        const allowed = known(passphrase)
        if (!allowed.ok) return allowed
        return keeper.activity.redact(seq) ? ok({}) : err(requestError('not_found', `entry ${seq} has no details`))
      },
    },
    stop: async () => database.close(),
  }

  /** Exactly what was shown, or nothing: what changed since then voids it. */
  async function carryOut(
    staged: StagedRequest,
    digest: string,
    call: Call,
  ): Promise<Result<ResultOf<'approval.show'>, RequestError>> {
    const { id, request, params } = staged
    const now = clock.now()
    const approval = approve(staged, digest, now)
    if (!approval.ok)
      return err(requestError(approval.error === 'staged_changed' ? 'conflict' : 'refused', approval.error))
    if (!isRequestName(request)) return err(requestError('unsupported', `this version does not know ${request}`))
    if (keeper.frozenNow(request, params).digest !== staged.digest) {
      keeper.staging.move(id, 'waiting', 'void', { now })
      return err(requestError('conflict', 'it is not what was asked for any more: the agent has to ask again'))
    }
    if (!keeper.staging.move(id, 'waiting', 'approved', { now })) return err(decidedAlready(id))
    keeper.recordEffect(call.caller.identity, 'approval.approved', { targets: [id] })
    const spec: RequestSpec = requests[request]
    // Reading is let through when the agent asks again; effects happen now.
    if (!spec.outsideEffect) return again(keeper, id)
    const result = await run(handlers(), request, params, call)
    const to = result.ok ? 'done' : 'failed'
    keeper.staging.move(id, 'approved', to, { now: clock.now(), result: result.ok ? 'done' : result.error.code })
    keeper.recordEffect(call.caller.identity, request, {
      reason: result.ok ? 'approved' : result.error.code,
      targets: [id],
    })
    return result.ok ? again(keeper, id) : result
  }
}

async function run(
  handlers: Handlers,
  name: RequestName,
  params: unknown,
  call: Call,
): Promise<Result<unknown, RequestError>> {
  const handler: unknown = handlers[name]
  if (typeof handler !== 'function') throw new Error(`${name} has no handler`)
  return handler(params, call)
}

function again(keeper: Gatekeeper, id: string): Result<ResultOf<'approval.show'>, RequestError> {
  const staged = keeper.staging.find(id)
  return staged === undefined ? err(requestError('not_found', `nothing waits under ${id}`)) : ok(stagedToWire(staged))
}

function decidedAlready(id: string): RequestError {
  return requestError('conflict', `${id} was decided on already`)
}

function passphraseError(refusal: PassphraseRefusal): RequestError {
  switch (refusal.code) {
    case 'passphrase_unset':
      return requestError('refused', 'no passphrase is set', { details: { reason: refusal.code } })
    case 'passphrase_wrong':
      return requestError('not_authorized', 'that is not the passphrase', { details: { reason: refusal.code } })
    case 'passphrase_wait': {
      const { retryAfterMs } = refusal
      const message = `too many wrong passphrases: wait ${Math.ceil(retryAfterMs / 1_000)} seconds`
      return requestError('rate_limited', message, { retryAfterMs, details: { reason: refusal.code } })
    }
  }
}

function agentToWire({ id, name, profile, createdAt, expiresAt, revokedAt, lastUsedAt }: Agent) {
  const when = (at: number | undefined) => (at === undefined ? null : instant(at))
  return {
    id,
    name,
    profile,
    created_at: instant(createdAt),
    expires_at: when(expiresAt),
    revoked_at: when(revokedAt),
    last_used_at: when(lastUsedAt),
  }
}

function stateToWire({ id, state, request, reasons, createdAt, expiresAt, decidedAt, result }: StagedRequest) {
  return {
    id,
    state,
    request,
    reasons: [...reasons],
    created_at: instant(createdAt),
    expires_at: instant(expiresAt),
    decided_at: decidedAt === undefined ? null : instant(decidedAt),
    result: result ?? null,
  }
}

function stagedToWire(staged: StagedRequest): ResultOf<'approval.show'> {
  const { agent, profile, digest, shown } = staged
  return {
    ...stateToWire(staged),
    agent: agent ?? null,
    profile: profile ?? null,
    digest,
    title: shown.title,
    account: shown.account ?? null,
    lines: shown.lines.map(line => ({ ...line })),
    body: shown.body ?? null,
  }
}

function entriesToWire(entries: readonly Looked[]): ResultOf<'activity.list'> {
  const items = entries.map(({ seq, at, tier, hash, parsed }) => {
    const details = parsed === undefined ? null : withoutSalt(parsed)
    return { seq, at: instant(at), tier, details, hash }
  })
  return { items, next_before: items.at(-1)?.seq ?? null }
}

function withoutSalt({ salt: _salt, accounts, targets, counts, ...rest }: NonNullable<Looked['parsed']>) {
  return { ...rest, accounts: [...accounts], targets: [...targets], counts: { ...counts } }
}
