import { Buffer } from 'node:buffer'
import { FLAG } from '../../../store/incoming.ts'
import { inviteText, type Meeting } from '../letter/invite.ts'
import { atWork, dayMs, pause, zoneMinutesAt } from '../times.ts'
import { workLists, workSentences, workSubjects } from '../words/english.ts'
import { fill } from '../words/fill.ts'
import { clients, colleagues, demoEndsAt, me, type Person } from '../world.ts'
import { type DemoMessage, deliver, domainOf, envelopeFields, newId, placeOf, type Scene, type Story } from './scene.ts'

/** Invitations, some of which are moved or withdrawn. */
export const meeting: Story = scene => {
  const { dice } = scene
  const organizer = dice.pick(dice.chance(0.7) ? colleagues : clients)
  const at = atWork(scene.day, organizer.zone, dice)
  const first: Meeting = {
    uid: `${dice.hex(12)}-${scene.key}@${domainOf(organizer)}`,
    sequence: 0,
    method: 'REQUEST',
    summary: fill(
      dice.pick(['Review: {part}', 'Site meeting {project}', 'Call about {paper}', 'Jour fixe']),
      workLists,
      dice,
    ),
    place: fill(
      dice.pick(['Small room', 'Site office, {town}', 'https://meet.planhub.example/{code}', 'Am Wall 112']),
      workLists,
      dice,
    ),
    startsAt: Math.floor((at + dice.between(1, 12) * dayMs) / 1_800_000) * 1_800_000,
    minutes: dice.pick([30, 45, 60, 90]),
    organizer,
    attendees: [me, ...dice.some(colleagues, 2).filter(each => each !== organizer)],
    writtenAt: at,
    ...(dice.chance(0.15) ? { rule: 'FREQ=WEEKLY;COUNT=10' } : {}),
  }
  const messages = [invitation(scene, first, organizer, 0)]
  const later = at + pause(dice)
  if (later >= demoEndsAt || !dice.chance(0.35)) return messages
  const isOff = dice.chance(0.5)
  const second: Meeting = {
    ...first,
    sequence: 1,
    writtenAt: later,
    ...(isOff ? { method: 'CANCEL' } : { startsAt: first.startsAt + dayMs }),
  }
  return [...messages, invitation(scene, second, organizer, 1)]
}

function invitation(scene: Scene, meeting: Meeting, organizer: Person, index: number): DemoMessage {
  const { method, sequence, summary, place, writtenAt, startsAt } = meeting
  const opening = method === 'CANCEL' ? 'Cancelled' : sequence > 0 ? 'Updated invitation' : 'Invitation'
  const when = new Date(startsAt).toISOString().slice(0, 16).replace('T', ' ')
  return deliver(
    {
      messageId: newId(scene, index, domainOf(organizer)),
      at: writtenAt,
      zoneMinutes: zoneMinutesAt(organizer.zone, writtenAt),
      from: organizer,
      to: meeting.attendees,
      subject: `${opening}: ${summary}`,
      before: envelopeFields(organizer, writtenAt),
      text: `${opening}: ${summary}\n\nWhen: ${when} UTC\nWhere: ${place}\n`,
      calendar: { method, ics: inviteText(meeting) },
    },
    placeOf(writtenAt, scene.dice),
  )
}

/** A letter that could not be delivered (RFC 3464), to an address that has a slip in it. */
export const bounce: Story = scene => {
  const { dice } = scene
  const at = atWork(scene.day, me.zone, dice)
  const wanted = dice.pick(clients)
  const wrong = wanted.email.slice(1)
  const subject = fill(dice.pick(workSubjects), workLists, dice)
  const originalId = newId(scene, 0, domainOf(me))
  const from = { name: 'Mail Delivery System', email: 'mailer-daemon@birchstone.example' }
  const status = `Reporting-MTA: dns; mx.birchstone.example\r\n\r\nFinal-Recipient: rfc822; ${wrong}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <${wrong}>: no such user\r\n`
  const header = `From: ${me.name} <${me.email}>\r\nTo: ${wrong}\r\nSubject: ${subject}\r\nMessage-ID: <${originalId}>\r\n`
  const part = (type: string, text: string) => ({ name: '', type, bytes: Buffer.from(text), isText: true })
  const zoneMinutes = zoneMinutesAt(me.zone, at)
  return [
    deliver(
      {
        messageId: originalId,
        at,
        zoneMinutes,
        from: me,
        to: [{ name: wanted.name, email: wrong }],
        subject,
        text: `${fill(dice.pick(workSentences), workLists, dice)}\n`,
      },
      { folder: 'sent', flags: FLAG.read },
    ),
    deliver(
      {
        messageId: newId(scene, 1, domainOf(from)),
        at: at + 4000,
        zoneMinutes: 0,
        from,
        to: [me],
        subject: 'Undelivered Mail Returned to Sender',
        references: [originalId],
        fields: ['Auto-Submitted: auto-replied'],
        before: ['Return-Path: <>'],
        text: `I could not deliver your message to ${wrong}: there is no such user.\n`,
        report: [part('message/delivery-status', status), part('text/rfc822-headers', header)],
      },
      placeOf(at, dice),
    ),
  ]
}

/** Something begun and not sent. */
export const draft: Story = scene => {
  const { dice } = scene
  const at = atWork(demoEndsAt - dice.between(1, 90) * dayMs, me.zone, dice)
  return [
    deliver(
      {
        messageId: newId(scene, 0, domainOf(me)),
        at,
        zoneMinutes: zoneMinutesAt(me.zone, at),
        from: me,
        to: dice.chance(0.8) ? [dice.pick(clients)] : [],
        subject: dice.chance(0.8) ? fill(dice.pick(workSubjects), workLists, dice) : '',
        text: `${fill(dice.pick(workSentences), workLists, dice)}\n`,
      },
      { folder: 'drafts', flags: FLAG.read | FLAG.draft },
    ),
  ]
}
