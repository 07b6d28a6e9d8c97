import type { Mailbox } from './build.ts'

export interface Meeting {
  readonly uid: string
  readonly sequence: number
  readonly method: 'REQUEST' | 'CANCEL'
  readonly summary: string
  readonly place: string
  readonly startsAt: number
  readonly minutes: number
  readonly organizer: Mailbox
  readonly attendees: readonly Mailbox[]
  readonly description?: string
  readonly rule?: string
  readonly writtenAt: number
}

/** An invitation or its withdrawal (RFC 5546), folded as RFC 5545 §3.1 asks. */
export function inviteText(meeting: Meeting): string {
  const { uid, sequence, method, summary, place, organizer, attendees } = meeting
  const lines = [
    'BEGIN:VCALENDAR',
    'PRODID:-//Postern//Demo//EN',
    'VERSION:2.0',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `SEQUENCE:${sequence}`,
    `DTSTAMP:${stamp(meeting.writtenAt)}`,
    `DTSTART:${stamp(meeting.startsAt)}`,
    `DTEND:${stamp(meeting.startsAt + meeting.minutes * 60_000)}`,
    `SUMMARY:${escaped(summary)}`,
    `LOCATION:${escaped(place)}`,
    ...(meeting.description === undefined ? [] : [`DESCRIPTION:${escaped(meeting.description)}`]),
    ...(meeting.rule === undefined ? [] : [`RRULE:${meeting.rule}`]),
    `ORGANIZER;CN="${organizer.name}":mailto:${organizer.email}`,
    ...attendees.map(
      ({ name, email }) => `ATTENDEE;CN="${name}";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:${email}`,
    ),
    `STATUS:${method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED'}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return `${lines.map(folded).join('\r\n')}\r\n`
}

function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n')
}

const octetsMax = 73

function folded(line: string): string {
  const pieces: string[] = []
  let piece = ''
  for (const character of line) {
    if (Buffer.byteLength(piece + character) > octetsMax) {
      pieces.push(piece)
      piece = ''
    }
    piece += character
  }
  return [...pieces, piece].join('\r\n ')
}
