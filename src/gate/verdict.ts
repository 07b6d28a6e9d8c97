/**
 * What the gate answers. The codes are a contract; the sentence is for the model and says what a person would have to
 * change, never how to get round it.
 */
export type Verdict = Allow | Stage | Deny

export interface Allow {
  readonly verdict: 'allow'
  /** The accounts to which the request is narrowed; undefined where it concerns none. */
  readonly accounts?: readonly string[]
}

export interface Stage {
  readonly verdict: 'stage'
  /** The first of `reasons`, the one that a list shows. */
  readonly reason: StageReason
  readonly reasons: readonly StageReason[]
  readonly sentence: string
}

export interface Deny {
  readonly verdict: 'deny'
  readonly reason: DenyReason
  readonly sentence: string
}

export const STAGE_REASONS = {
  profile_asks: 'this profile asks a person before it does that',
  new_recipient: 'the person has never written to one of the recipients',
  look_alike_recipient: 'a recipient resembles somebody that the person writes to, and is not them',
  reply_to_switch: 'the answer would go to another address than the one that wrote',
  unauthenticated_sender: 'the message that is answered fails the checks of who sent it',
  foreign_content: 'the text contains what others wrote, and a recipient has not seen it',
  one_time_code: 'the text contains a one-time code or a password',
  secret: 'the text contains what looks like a key or another secret',
  payment_details: 'the text contains payment details that the person never wrote',
  unknown_link: 'the text contains a link that the person never typed',
  attachment: 'a file is attached that no person chose',
  forward: 'a message is forwarded',
  safety_check: 'a check before sending speaks against it',
  many_recipients: 'there are many recipients',
  bulk_read: 'much mail of other people was read before',
  after_refusal: 'something of this session was held or refused before',
  sender_chosen_target: 'the address or page was chosen by whoever wrote the message',
  untrusted_memory: 'the session has read memory that nobody has confirmed',
  tainted: 'the session has read what strangers wrote',
} as const
export type StageReason = keyof typeof STAGE_REASONS

export const DENY_REASONS = {
  no_profile: 'there is no such profile: a person adds one to the settings',
  no_identity: 'whoever asks has shown no token: a person adds an agent with postern agent add NAME',
  capability: 'this profile may not do that: a person would have to change the profile',
  account: 'this profile does not reach that account: a person would have to add it to the profile',
  hidden_label: 'there is no such message',
  hidden_scope:
    'mail under some labels is not there for this profile, and this request cannot leave it out: search, or name messages',
  mixed_accounts: 'the request names things of different accounts',
  unplanned: 'an agent changes mail in two steps: first a plan, which names every message, then its application',
  messages_per_plan: 'that is more messages at once than the profile may change',
  messages_per_hour: 'that is more messages in an hour than the profile may change',
  sends_per_day: 'the profile has sent as much as it may in a day',
  new_recipients_per_day: 'the profile has written to as many new people as it may in a day',
  export_bytes_per_hour: 'the profile has exported as much as it may in an hour',
  memory_drafts_per_hour: 'the profile has proposed as much memory as it may in an hour',
  only_a_person: 'only a person does that, at a terminal',
} as const
export type DenyReason = keyof typeof DENY_REASONS

export function allow(accounts?: readonly string[]): Allow {
  return accounts === undefined ? { verdict: 'allow' } : { verdict: 'allow', accounts }
}

export function stage(reasons: readonly [StageReason, ...StageReason[]]): Stage {
  const because = reasons.map(reason => STAGE_REASONS[reason]).join('; ')
  return {
    verdict: 'stage',
    reason: reasons[0],
    reasons,
    sentence: `Held for the person: ${because}. Nothing has happened yet. Do not try another way; say that it waits.`,
  }
}

export function deny(reason: DenyReason): Deny {
  return { verdict: 'deny', reason, sentence: `Refused: ${DENY_REASONS[reason]}. Trying again will not help.` }
}

/** allow 2, stage 1, deny 0: for comparing how much two verdicts let happen. */
export function latitude({ verdict }: Verdict): 0 | 1 | 2 {
  return verdict === 'allow' ? 2 : verdict === 'stage' ? 1 : 0
}
