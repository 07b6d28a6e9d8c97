import { type Capability, effectOf, GRAVE } from './capability.ts'
import type { Intent, Scope } from './intent.ts'
import { holdsOutward } from './outward.ts'
import { allowsAccount, levelOf, type Profile } from './profile.ts'
import { isPerson, type Session } from './session.ts'
import { foreignSources } from './taint.ts'
import { allow, type DenyReason, deny, type StageReason, stage, type Verdict } from './verdict.ts'

/**
 * May this happen? Pure and total: the same facts give the same answer, and every intent has one.
 *
 * In this order, first refusal wins: who asks; what only a person does; the profile's level; the accounts; hidden
 * labels (the daemon answers for those as for mail that is not there); budgets; then what has to be held: the profile's wish to be asked, the rules of what leaves the machine, and
 * for what destroys or reconfigures, that the session has read what strangers wrote.
 */
export function decide(intent: Intent, session: Session): Verdict {
  if (isPerson(session)) return allow(accountsOf(intent.scope))
  const { profile } = session
  if (profile === undefined) return deny(session.origin === 'unknown' ? 'no_identity' : 'no_profile')
  if (intent.capability === 'admin') return deny('only_a_person')
  const level = levelOf(profile, intent.capability)
  if (level === 'deny') return deny('capability')
  const scope = narrowed(intent.scope, profile)
  if (typeof scope === 'string') return deny(scope)
  if (intent.unplanned === true) return deny('unplanned')
  if (isHidden(intent, profile)) return deny('hidden_label')
  if (intent.isUnfiltered === true && profile.labelsHidden.length > 0) return deny('hidden_scope')
  const exceeded = overBudget(intent, session, profile)
  if (exceeded !== undefined) return deny(exceeded)
  const [first, ...more] = reasonsToHold(intent, session, level === 'ask')
  return first === undefined ? allow(scope) : stage([first, ...more])
}

/** What the verdict will be in a session that has read nothing: for `gate explain`. */
export function levelAtBest(profile: Profile, capability: Capability): 'allow' | 'stage' | 'deny' {
  const level = levelOf(profile, capability)
  return level === 'ask' ? 'stage' : level
}

function accountsOf(scope: Scope): readonly string[] | undefined {
  return scope.type === 'none' ? undefined : scope.accounts
}

/** The accounts that are left; a request that names one outside of the profile is refused, a general one narrowed. */
function narrowed(scope: Scope, profile: Profile): readonly string[] | undefined | DenyReason {
  if (scope.type === 'none') return undefined
  const within = scope.accounts.filter(account => allowsAccount(profile, account))
  if (scope.type === 'reachable') return within
  return within.length === scope.accounts.length ? scope.accounts : 'account'
}

function isHidden({ labels = [] }: Intent, { labelsHidden }: Profile): boolean {
  return labels.some(label => labelsHidden.some(hidden => hidden.toLowerCase() === label.toLowerCase()))
}

function overBudget(intent: Intent, { usage }: Session, { limits }: Profile): DenyReason | undefined {
  const { messages = 0, exportBytes = 0, outgoing, capability } = intent
  if (messages > limits.messagesPerPlan) return 'messages_per_plan'
  if (messages > 0 && usage.messagesLastHour + messages > limits.messagesPerHour) return 'messages_per_hour'
  if (exportBytes > 0 && usage.exportBytesLastHour + exportBytes > limits.exportBytesPerHour) {
    return 'export_bytes_per_hour'
  }
  if (capability === 'memory_draft' && usage.memoryDraftsLastHour >= limits.memoryDraftsPerHour) {
    return 'memory_drafts_per_hour'
  }
  if (outgoing === undefined) return undefined
  if (usage.sendsLastDay >= limits.sendsPerDay) return 'sends_per_day'
  const strangers = outgoing.recipients.filter(({ relation }) => relation === 'stranger').length
  if (strangers > 0 && usage.newRecipientsLastDay + strangers > limits.newRecipientsPerDay) {
    return 'new_recipients_per_day'
  }
  return undefined
}

function reasonsToHold(intent: Intent, session: Session, asks: boolean): readonly StageReason[] {
  const reasons: StageReason[] = asks ? ['profile_asks'] : []
  if (intent.outgoing !== undefined) reasons.push(...holdsOutward(intent.outgoing, session))
  const effect = effectOf(intent.capability)
  if (!GRAVE.has(effect)) return reasons
  // An outward intent without facts about what would leave cannot be judged, so it is not let through.
  if (effect === 'outward') return intent.outgoing === undefined ? [...reasons, 'tainted'] : reasons
  if (session.refusals > 0) reasons.push('after_refusal')
  // Trash is emptied by nobody within the time in which it can be undone: what the profile allows there, it allows.
  if (intent.capability === 'trash') return reasons
  if (foreignSources(session.taint).length > 0 || session.taint.overflow > 0) reasons.push('tainted')
  return reasons
}
