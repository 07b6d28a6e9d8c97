/**
 * The gate: one pure decision on everything that somebody other than the person at the terminal asks for.
 *
 * Here lives what may be asked (`capability`), at most by whom (`profile`), what is known of whoever asks (`session`,
 * `taint`), the facts of a request (`intent`), the rules of what leaves the machine (`outward`), and `decide`, which
 * joins them. The daemon derives the facts, asks, and does what was allowed; the faces show the answer.
 *
 * What may never happen here: a clock, a file, a network, a model; a fact that whoever asks may choose (its origin, a
 * `confirm` argument, the name of its client); an answer that tells how to get another one.
 */

export {
  type ActivityDetails,
  type ActivityEntry,
  type ActivityFault,
  chainStart,
  retentionDays,
  saltBytes as activitySaltBytes,
  seal as sealActivity,
  type Tier,
  verifyChain,
} from './activity.ts'
export {
  type Approval,
  type ApprovalRefusal,
  approve,
  covers,
  digestOf,
  type Staged,
  type StagedState,
  stagedMs,
} from './approval.ts'
export {
  CAPABILITIES,
  type Capability,
  type Effect,
  effectOf,
  isCapability,
} from './capability.ts'
export { linksIn, normalLink } from './content/links.ts'
export { withoutSecrets } from './content/secrets.ts'
export { decide, levelAtBest } from './decide.ts'
export type {
  Answered,
  Intent,
  Link,
  Outgoing,
  OutgoingAttachment,
  OutgoingKind,
  Recipient,
  Relation,
  Scope,
} from './intent.ts'
export { OUTGOING_KINDS } from './intent.ts'
export { outwardRules } from './outward.ts'
export {
  afterWrongTry,
  hashPassphrase,
  isPassphrase,
  matchesPassphrase,
  nextTryAt,
  noTries,
  type PassphraseRow,
  saltBytes as passphraseSaltBytes,
  type Tries,
} from './passphrase.ts'
export {
  allowsAccount,
  builtInProfiles,
  type Grantable,
  grantable,
  isAbsent,
  type Level,
  type Limits,
  levelOf,
  limitsDefault,
  meet,
  type Profile,
  profileNamed,
  profileNames,
} from './profile.ts'
export { nothingUsed, ORIGINS, type Origin, type Session, type Usage } from './session.ts'
export { afterReading, carriedBy, type Reading, type Source, type Taint, together, untainted } from './taint.ts'
export { checkToken, mintToken, type TokenRefusal, type TokenRow } from './token.ts'
export {
  type Allow,
  DENY_REASONS,
  type Deny,
  type DenyReason,
  latitude,
  STAGE_REASONS,
  type Stage,
  type StageReason,
  type Verdict,
} from './verdict.ts'
