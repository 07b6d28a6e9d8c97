import { FLAG } from '../../../store/incoming.ts'
import type { Letter } from '../letter/build.ts'
import { type Delivery, type DemoMessage, deliver, envelopeFields } from '../stories/scene.ts'
import { zoneMinutesAt } from '../times.ts'
import { demoEndsAt, me, type Person } from '../world.ts'

/** A message that tests and guides can refer to: it is in every demo mailbox, whatever its size and seed. */
export interface Named {
  readonly name: string
  /** What it is, and for a hostile one what it tries. */
  readonly about: string
  readonly isHostile: boolean
  readonly message: DemoMessage
}

export interface NamedLetter extends Omit<Letter, 'messageId' | 'at' | 'zoneMinutes' | 'from' | 'to'> {
  readonly name: string
  readonly about: string
  /** Before the end of the mailbox. */
  readonly minutesAgo: number
  readonly from: Pick<Person, 'name' | 'email'> & Partial<Person>
  readonly to?: Letter['to']
  readonly auth?: string
  readonly place?: Partial<Delivery>
  readonly isHostile?: true
  /** For letters of the person's own. */
  readonly isSent?: true
}

export function idOf(name: string): string {
  return `${name}@demo.birchstone.example`
}

export function named(letter: NamedLetter): Named {
  const { name, about, minutesAgo, from, to, auth, place, isHostile, isSent, ...rest } = letter
  const at = demoEndsAt - minutesAgo * 60_000
  const self = to?.[0] ?? me
  const message = deliver(
    {
      ...rest,
      messageId: idOf(name),
      at,
      zoneMinutes: zoneMinutesAt(from.zone ?? me.zone, at),
      from,
      to: to ?? [me],
      before: [
        ...(isSent === true ? [] : envelopeFields(from, at, { to: self, ...(auth === undefined ? {} : { auth }) })),
        ...(rest.before ?? []),
      ],
    },
    { folder: isSent === true ? 'sent' : 'inbox', flags: isSent === true ? FLAG.read : 0, ...place, name },
  )
  return { name, about, isHostile: isHostile === true, message }
}

const minutesPerDay = 24 * 60
export function daysAgo(days: number, minutes = 0): number {
  return days * minutesPerDay + minutes
}

/** What the person's own server says of mail that only claims to come from where it says. */
export const unproven = 'dkim=none; spf=softfail smtp.mailfrom=mailer.example; dmarc=fail'
