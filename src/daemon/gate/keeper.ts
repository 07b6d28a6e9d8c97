import type { DatabaseSync } from 'node:sqlite'
import { err, ok, type Result } from '#base/result.ts'
import {
  type ActivityDetails,
  carriedBy,
  type DenyReason,
  decide,
  effectOf,
  latitude,
  nothingUsed,
  type Session,
  type Tier,
  together,
  untainted,
  type Verdict,
} from '#gate/index.ts'
import { sendById } from '#mail/drafts/index.ts'
import type { Call, Core } from '../part.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'
import type { ClientHello } from '../protocol/messages.ts'
import { type RequestName, type RequestSpec, requests } from '../requests/index.ts'
import { absentIn } from './absent.ts'
import { ActivityLog } from './activity.ts'
import { Agents } from './agents.ts'
import { capabilitiesOf } from './capabilities.ts'
import { DraftTaint } from './draft-taint.ts'
import { entryOf, refusedEntry } from './entries.ts'
import { type Frozen, freeze } from './freezing.ts'
import { type Identity, identify } from './identity.ts'
import { intentOf } from './intents.ts'
import { outgoingOf } from './outgoing.ts'
import { draftIdIn, withoutOwnText } from './own-text.ts'
import { Passphrase } from './passphrase.ts'
import { readingOf, readingsIn, textsIn } from './readings.ts'
import { type CheckedParams, messagesOf, narrow } from './scopes.ts'
import { Sessions } from './sessions.ts'
import { Staging } from './staging.ts'
import { undecodedIn } from './undecoded.ts'
import { UsageCounts } from './usage.ts'

/** What the gate let through: the params that the handler gets, and what it may reach. */
export interface Passage {
  readonly params: CheckedParams
  readonly accounts: readonly string[] | undefined
}

/**
 * The gate at work: knows who is connected, derives the facts of a request, asks `decide`, keeps what waits, what was
 * read, used and done. What a request says of itself decides nothing here.
 */
export class Gatekeeper {
  readonly agents: Agents
  readonly passphrase: Passphrase
  readonly staging: Staging
  readonly activity: ActivityLog
  readonly #usage: UsageCounts
  readonly #core: Core
  readonly #random: (bytes: number) => Uint8Array
  readonly #sessions: Sessions
  readonly #drafts: DraftTaint

  constructor(core: Core, database: DatabaseSync, random: (bytes: number) => Uint8Array) {
    this.#core = core
    this.#random = random
    this.agents = new Agents(database, random)
    this.passphrase = new Passphrase(database, random)
    this.staging = new Staging(database)
    this.activity = new ActivityLog(database, random)
    this.#usage = new UsageCounts(database, core.clock)
    this.#sessions = new Sessions(core.clock)
    this.#drafts = new DraftTaint(database)
  }

  /** Housekeeping, now and then. */
  tend(): void {
    this.activity.expire(this.#core.clock.now())
    this.staging.expire(this.#core.clock.now())
    this.#usage.forgetOld()
  }

  identify(claim: ClientHello['as']): Result<Identity, RequestError> {
    const identity = identify(claim, {
      agents: this.agents,
      settings: this.#core.config.agents,
      now: this.#core.clock.now(),
    })
    if (!identity.ok) this.#record(refusedEntry(claim), 'important')
    return identity
  }

  /** Whether a request may go on, and with which params. */
  pass(name: RequestName, params: CheckedParams, { caller }: Call): Result<Passage, RequestError> {
    const spec: RequestSpec = requests[name]
    const { identity } = caller
    if (identity.origin === 'human') return ok({ params, accounts: undefined })
    // A token that was revoked ends what its connections may do, at once.
    const current = identity.actor === undefined ? identity : this.#current(identity)
    const capabilities = capabilitiesOf(this.#core, spec, params)
    const intents = capabilities.map(capability => intentOf(this.#core, capability, { name, spec, params }))
    const session = this.#sending(this.#session(current), name, params)
    const verdict = intents.map(intent => decide(intent, session)).reduce(least)
    const [capability = 'status'] = capabilities
    const hidden = current.profile?.labelsHidden ?? []
    if (hidden.length > 0 && !(verdict.verdict === 'deny' && whateverIsNamed.has(verdict.reason))) {
      const absent = absentIn(this.#core, { name, spec, params }, hidden)
      if (absent !== undefined) return this.#deny(name, identity, absent)
    }
    if (verdict.verdict === 'allow') {
      const owned = this.#ownsDecision(name, params, identity)
      if (owned) return ok({ params: narrow(spec, params, verdict.accounts), accounts: verdict.accounts })
      return this.#deny(
        name,
        identity,
        requestError('policy_denied', 'only whoever made a decision takes it back, and an agent says which'),
      )
    }
    if (verdict.verdict === 'deny') {
      if (GRAVE_EFFECTS.has(effectOf(capability))) this.#refused(identity)
      const message = verdict.sentence
      return this.#deny(name, identity, requestError('policy_denied', message, { details: { reason: verdict.reason } }))
    }
    return this.#stage(name, params, identity, verdict.reasons)
  }

  /** What came of a request: what was read counts from now on, what was done is recorded. */
  done(name: RequestName, passage: Passage, { caller }: Call, result: Result<unknown, RequestError>): void {
    const spec: RequestSpec = requests[name]
    const { identity } = caller
    const capabilities = capabilitiesOf(this.#core, spec, passage.params)
    const targets = messagesOf(this.#core, spec, passage.params).map(String)
    const isGrave = capabilities.some(capability => GRAVE_EFFECTS.has(effectOf(capability)))
    const isEffect = capabilities.some(capability => !['none', 'local'].includes(effectOf(capability)))
    if (identity.origin !== 'human' || isEffect) {
      const outcome = result.ok ? 'done' : result.error.code
      const entry = entryOf(identity, name, {
        verdict: 'effect',
        reason: outcome,
        targets,
        accounts: passage.accounts ?? [],
      })
      this.#record(entry, isGrave ? 'important' : spec.readsContent ? 'standard' : 'ephemeral')
    }
    if (name === 'draft.delete' && result.ok) this.#drafts.forget(Number(passage.params.draft_id))
    if (identity.actor === undefined || !result.ok) return
    if (spec.readsContent) this.#read(identity.actor, name, passage.params, result.value)
    if (name === 'draft.save' || name === 'draft.answer') this.#wrote(identity.actor, passage.params, result.value)
    this.#use(identity.actor, name, passage.params, targets.length)
  }

  /** A staged request is carried out in the person's name, exactly as it was shown. */
  recordEffect(identity: Identity, name: string, more: Partial<ActivityDetails>): void {
    this.#record(entryOf(identity, name, more), 'important')
  }

  /** What an agent read that is no mail. */
  note({ actor }: Identity, { id, text, confirmed }: { id: string; text: string; confirmed: boolean }): void {
    if (actor === undefined) return
    const reading = {
      kind: 'memory',
      id,
      author: '',
      audience: [],
      own: confirmed,
      unconfirmed: !confirmed,
      text,
    } as const
    this.#sessions.read(actor, [reading])
  }

  frozenNow(name: RequestName, params: CheckedParams): Frozen {
    return freeze(this.#core, name, params)
  }

  #session(identity: Identity): Session {
    const { origin, profile, actor } = identity
    return {
      origin,
      ...(profile === undefined ? {} : { profile }),
      taint: actor === undefined ? untainted : this.#sessions.taintOf(actor),
      usage: actor === undefined ? nothingUsed : this.#usage.of(actor),
      refusals: actor === undefined ? 0 : this.#sessions.refusalsOf(actor),
    }
  }

  /** Whoever sends a draft answers for what was read by whoever wrote it. */
  #sending(session: Session, name: RequestName, params: CheckedParams): Session {
    if (name !== 'send.queue') return session
    const draft = sendById(this.#core.reader.statements, Number(params.send_id))?.draft
    return draft === undefined ? session : { ...session, taint: together(session.taint, this.#drafts.of(draft)) }
  }

  /** The identity as the settings and the tokens are now. */
  #current(identity: Identity): Identity {
    const { actor } = identity
    if (actor === undefined || actor.startsWith('as:')) return identity
    const agent = this.agents.find(actor)
    const now = this.#core.clock.now()
    const isOver = agent === undefined || agent.revokedAt !== undefined || (agent.expiresAt ?? now + 1) <= now
    return isOver ? { ...identity, origin: 'unknown', profile: undefined } : identity
  }

  #stage(
    name: RequestName,
    params: CheckedParams,
    identity: Identity,
    reasons: Extract<Verdict, { verdict: 'stage' }>['reasons'],
  ): Result<Passage, RequestError> {
    const { actor = '', profile } = identity
    const now = this.#core.clock.now()
    const frozen = freeze(this.#core, name, params)
    const approved = this.staging.approved(frozen.digest, actor, now)
    // Reading that was approved: the person said yes to exactly this, for this agent.
    if (approved !== undefined && !requests[name].outsideEffect) {
      this.staging.move(approved.id, 'approved', 'done', { now })
      return ok({ params, accounts: undefined })
    }
    const staged = this.staging.add(
      {
        ...frozen,
        id: idFrom(this.#random(4)),
        agent: identity.name ?? actor,
        profile: profile?.name,
        session: actor,
        reasons,
      },
      now,
    )
    this.#refused(identity)
    if (staged === undefined) {
      return this.#deny(name, identity, requestError('policy_denied', 'too much waits for the person already'))
    }
    const entry = entryOf(identity, name, { verdict: 'stage', reason: reasons[0] ?? null, targets: [staged.id] })
    this.#record(entry, 'important')
    this.#core.events.emit('approval.waiting', { id: staged.id, request: staged.request, reasons: [...reasons] })
    const verdictText = reasons.join(', ')
    return err(
      requestError(
        'approval_needed',
        `Held for the person (${verdictText}). Nothing has happened yet; say that it waits.`,
        {
          details: { id: staged.id, reason: reasons[0] ?? '', reasons: [...reasons], digest: staged.digest },
        },
      ),
    )
  }

  #deny(name: RequestName, identity: Identity, error: RequestError): Result<never, RequestError> {
    const reason = String(error.details?.reason ?? error.code)
    this.#record(entryOf(identity, name, { verdict: 'deny', reason }), 'standard')
    return err(error)
  }

  /** Agents take back what they did, and nothing else. */
  #ownsDecision(name: RequestName, params: CheckedParams, { actor }: Identity): boolean {
    if (name !== 'decision.undo' && name !== 'outbox.drop') return true
    // The latest of all may be anybody's: an agent says which.
    if (params.decision_id === undefined) return false
    const sql = 'SELECT origin FROM decisions WHERE id = ?'
    return this.#core.reader.statements.one(sql, Number(params.decision_id))?.[0] === actor
  }

  #read(actor: string, name: RequestName, params: CheckedParams, result: unknown): void {
    const told = name === 'draft.answer' ? withoutOwnText(params, result, this.#core.config.send.quote) : result
    const readings = readingsIn(this.#core, params, told, text => this.#sessions.isOwnText(actor, text))
    const undecoded = undecodedIn(this.#core, name, params)
    const words = undecoded === undefined ? [] : [readingOf(this.#core, undecoded.id, undecoded.text)]
    this.#sessions.read(actor, [...readings, ...words])
    if (undecoded?.isUnknown === true && words.some(({ own }) => !own)) this.#sessions.readUnknown(actor)
  }

  #wrote(actor: string, params: CheckedParams, result: unknown): void {
    // What a draft began with came from a message, and has just been counted as that.
    const texts = [...textsIn(params), ...textsIn({ result })]
    this.#sessions.wrote(actor, texts)
    const draft = draftIdIn(result)
    if (draft !== undefined) this.#drafts.add(draft, carriedBy(texts.join('\n'), this.#sessions.taintOf(actor)))
  }

  #refused({ actor }: Identity): void {
    if (actor !== undefined) this.#sessions.refused(actor)
  }

  #use(actor: string, name: RequestName, params: CheckedParams, messages: number): void {
    if (name === 'plan.apply' || name === 'mail.change') this.#usage.add(actor, 'messages', messages)
    if (name === 'memory.draft') this.#usage.add(actor, 'memory_drafts', 1)
    if (name === 'send.queue') {
      this.#usage.add(actor, 'sends', 1)
      const outgoing = outgoingOf(this.#core, Number(params.send_id))
      const strangers = outgoing?.recipients.filter(({ relation }) => relation === 'stranger').length ?? 0
      this.#usage.add(actor, 'new_recipients', strangers)
    }
  }

  #record(entry: ActivityDetails, tier: Tier): void {
    this.activity.record(entry, tier, this.#core.clock.now())
  }
}

/** Refused alike whether what a request names exists or not. */
const whateverIsNamed: ReadonlySet<DenyReason> = new Set([
  'no_profile',
  'no_identity',
  'only_a_person',
  'capability',
  'account',
  'mixed_accounts',
  'unplanned',
  'hidden_scope',
])

const GRAVE_EFFECTS: ReadonlySet<string> = new Set(['memory', 'destructive', 'outward', 'reconfigure'])

/** The one that lets the least happen. */
function least(one: Verdict, other: Verdict): Verdict {
  return latitude(other) < latitude(one) ? other : one
}

function idFrom(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').slice(0, 6)
}
