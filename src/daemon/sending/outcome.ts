import type { Claimed, Settlement } from '#mail/drafts/index.ts'
import type { SmtpOutcome, SmtpTrouble } from '#mail/providers/smtp/index.ts'

/** What follows from a server's answer: pure, so that every case of it can be tried. */
export interface Following {
  readonly settlement: Settlement
  /** The account itself cannot send: nothing else of it is tried before this time; `person` when somebody must act. */
  readonly pauseUntil: number | 'person' | null
}

export interface Circumstances {
  readonly claimed: Pick<Claimed, 'id' | 'attempts' | 'pending'>
  readonly now: number
  /** When the message was first tried, as far as is known. */
  readonly firstTryAt: number
  /** 0 to 1, so that many clients do not come back at once. */
  readonly chance: number
}

/** For greylisting the first wait is what servers ask for; RFC 5321 §4.5.4.1 wants half an hour and more later on. */
const refusalWaitsMs = [60_000, 5 * 60_000, 15 * 60_000, 30 * 60_000, 60 * 60_000]
const networkWaitsMs = [5_000, 30_000, 2 * 60_000, 5 * 60_000, 15 * 60_000]
/** RFC 5321 §4.5.4.1: the time to give up is four to five days. */
const giveUpMs = 5 * 24 * 60 * 60_000

export function following(outcome: SmtpOutcome, circumstances: Circumstances): Following {
  const { claimed, now, firstTryAt } = circumstances
  const refused = (outcome.outcome === 'unknown' ? [] : outcome.refused).map(each => ({
    address: each.recipient,
    isForNow: each.isForNow,
    code: String(each.reply),
    detail: each.message,
  }))
  const settle = (kind: Settlement['outcome'], trouble: SmtpTrouble | null, againAt = now): Settlement => ({
    id: claimed.id,
    outcome: kind,
    refused,
    againAt,
    code: trouble?.code ?? refused[0]?.code ?? null,
    detail: trouble?.message ?? refused[0]?.detail ?? null,
  })
  const isOver = now - firstTryAt > giveUpMs
  const later = now + wait(refusalWaitsMs, circumstances)
  switch (outcome.outcome) {
    case 'unknown':
      return { settlement: settle('unknown', outcome.trouble), pauseUntil: null }
    case 'taken':
      return { settlement: settle('taken', null, later), pauseUntil: null }
    case 'not_taken':
      return notTaken(outcome.trouble, { settle, isOver, later, circumstances })
  }
}

interface Choices {
  readonly settle: (kind: Settlement['outcome'], trouble: SmtpTrouble | null, againAt?: number) => Settlement
  readonly isOver: boolean
  readonly later: number
  readonly circumstances: Circumstances
}

function notTaken(trouble: SmtpTrouble, { settle, isOver, later, circumstances }: Choices): Following {
  const { now } = circumstances
  switch (trouble.code) {
    case 'refused': {
      // Said of single recipients it is theirs alone; said of the message it is the end of it.
      const isOfAll = settle('not_taken', trouble).refused.length === 0
      return { settlement: settle(isOfAll ? 'given_up' : 'not_taken', trouble, later), pauseUntil: null }
    }
    case 'refused_for_now':
      return { settlement: settle(isOver ? 'given_up' : 'not_taken', trouble, later), pauseUntil: null }
    case 'auth':
    case 'auth_unsupported':
      return { settlement: settle('not_taken', trouble, now), pauseUntil: 'person' }
    case 'cancelled':
      return { settlement: settle('not_taken', trouble, now), pauseUntil: null }
    case 'network':
    case 'timeout':
    case 'tls':
    case 'protocol': {
      const again = now + wait(networkWaitsMs, circumstances)
      return { settlement: settle('not_taken', trouble, again), pauseUntil: again }
    }
  }
}

function wait(waits: readonly number[], { claimed, chance }: Circumstances): number {
  const longest = waits.at(-1) ?? 0
  return Math.round((waits[claimed.attempts - 1] ?? longest) * (0.75 + chance / 2))
}
