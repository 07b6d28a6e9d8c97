import { hasCode } from './content/codes.ts'
import { fingerprints, overlaps, textLengthMax } from './content/fingerprints.ts'
import { hasPaymentDetails } from './content/payment.ts'
import { hasSecret } from './content/secrets.ts'
import type { Outgoing, OutgoingKind } from './intent.ts'
import type { Session } from './session.ts'
import { foreignSources, type Source } from './taint.ts'
import type { StageReason } from './verdict.ts'

/**
 * The rules by which something that leaves the machine is held for a person (R-02-42). Each is a question of facts;
 * any one holds it. Nobody is asked whether it *means* harm: who writes the text chooses the words, so words decide
 * nothing here but whether they are somebody else's.
 */
export interface OutwardRule {
  readonly reason: StageReason
  readonly why: string
  readonly holds: (outgoing: Outgoing, session: Session) => boolean
}

export const recipientsMax = 5
/** Different messages of other people, in one session. */
export const bulkMessagesMax = 20

export const outwardRules: readonly OutwardRule[] = [
  {
    reason: 'new_recipient',
    why: 'Whoever talks an agent into sending something chooses an address that the person never wrote to.',
    holds: ({ recipients }) => recipients.some(({ relation }) => relation === 'stranger'),
  },
  {
    reason: 'look_alike_recipient',
    why: 'A stranger who resembles a friend is the best kind of stranger.',
    holds: ({ recipients }) => recipients.some(({ resembles }) => resembles !== undefined),
  },
  {
    reason: 'reply_to_switch',
    why: 'Reply-To moves an answer to another reader than the one whom the person sees as the author.',
    holds: ({ answers, recipients }) =>
      answers?.replyTo.some(to => to !== answers.author && recipients.some(({ address }) => address === to)) ?? false,
  },
  {
    reason: 'unauthenticated_sender',
    why: 'A forged message of a friend is answered to the friend, but with what the forger asked for.',
    holds: ({ answers }) => answers?.authentication === 'fail',
  },
  {
    reason: 'one_time_code',
    why: 'Codes are what a stranger can use at once.',
    holds: ({ text, subject }, { taint }) =>
      foreignSources(taint).some(({ codes }) => hasCode(`${subject}\n${text}`, codes)),
  },
  {
    reason: 'secret',
    why: 'Keys are mailed by nobody who means to.',
    holds: ({ text, subject }) => hasSecret(`${subject}\n${text}`),
  },
  {
    reason: 'foreign_content',
    why: 'What one person wrote is not for another to read, unless they had it already.',
    holds: ({ recipients, text, subject }, { taint }) => {
      const prints = fingerprints(`${subject}\n${text}`)
      const foreign = foreignSources(taint)
      if (foreign.length > 0 && text.length > textLengthMax) return true
      return foreign.some(
        source => recipients.some(({ address }) => !hasSeen(source, address)) && overlaps(prints, source.prints),
      )
    },
  },
  {
    reason: 'payment_details',
    why: 'An answer with another account number is the costliest mail there is.',
    holds: ({ text, subject }, { taint }) =>
      foreignSources(taint).length + taint.overflow > 0 && hasPaymentDetails(`${subject}\n${text}`),
  },
  {
    reason: 'payment_details',
    why: 'The same from a session that was held before, whatever it has read.',
    holds: ({ text, subject }, { refusals }) => refusals > 0 && hasPaymentDetails(`${subject}\n${text}`),
  },
  {
    reason: 'unknown_link',
    why: "A link carries data to its host and readers to its page, under the person's name.",
    holds: ({ links }) => links.some(({ typedByPerson }) => !typedByPerson),
  },
  {
    reason: 'attachment',
    why: 'A file that an agent chose can be any file, and its content is not looked at.',
    holds: ({ attachments }) => attachments.some(({ chosenBy }) => chosenBy !== 'person'),
  },
  {
    reason: 'forward',
    why: "A forwarded message is somebody else's content whole.",
    holds: ({ kind }) => kind === 'forward',
  },
  {
    reason: 'sender_chosen_target',
    why: 'Where an unsubscription or an answer to an invitation goes was chosen by whoever wrote the message.',
    holds: ({ kind }) => senderChosen.has(kind),
  },
  {
    reason: 'safety_check',
    why: 'What the checks of the person block, only the person lets pass.',
    holds: ({ despite = [] }) => despite.length > 0,
  },
  {
    reason: 'many_recipients',
    why: 'A circular is not undone.',
    holds: ({ recipients }) => recipients.length > recipientsMax,
  },
  {
    reason: 'bulk_read',
    why: 'Who has read a whole mailbox can put it into its own words, which no comparison finds.',
    holds: (_outgoing, { taint }) => foreignSources(taint).length > bulkMessagesMax || taint.overflow > 0,
  },
  {
    reason: 'untrusted_memory',
    why: 'Memory that nobody has confirmed may have been planted to be read at this moment.',
    holds: (_outgoing, { taint }) => foreignSources(taint).some(({ unconfirmed }) => unconfirmed === true),
  },
  {
    reason: 'after_refusal',
    why: 'A session that tried something that was held or refused is a session that may be steered.',
    holds: (_outgoing, { refusals }) => refusals > 0,
  },
]

const senderChosen: ReadonlySet<OutgoingKind> = new Set(['invitation_reply', 'unsubscribe_mail', 'unsubscribe_post'])

/** All that holds it, in the order of the rules, each reason once. */
export function holdsOutward(outgoing: Outgoing, session: Session): readonly StageReason[] {
  const reasons = outwardRules.filter(rule => rule.holds(outgoing, session)).map(({ reason }) => reason)
  return [...new Set(reasons)]
}

function hasSeen(source: Source, address: string): boolean {
  return source.author === address || source.audience.includes(address)
}
