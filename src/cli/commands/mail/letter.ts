import { printable, printableLine } from '#base/printable.ts'
import type { Letter, View } from '#mail/letter/index.ts'
import type { ParsedMessage } from '#mail/mime/index.ts'
import type { Output } from '../../session.ts'
import { fullAddress, longDate } from './words.ts'

export { type Letter, readLetter, type View } from '#mail/letter/index.ts'

/** For a terminal: every character of the sender's is made harmless. */
export function letterText(
  { message, body, linesFolded, hiddenCharacters, remoteImages }: Letter,
  view: View,
  output: Output,
): string {
  if (view === 'html') return `${printable(body)}\n`
  const head = view === 'headers' ? message.headers.map(({ name, value }) => [name, value] as const) : heading(message)
  const lines = head.map(([name, value]) => `${printableLine(name)}: ${printableLine(value)}`)
  const files = message.attachments.filter(({ inline }) => !inline)
  for (const { part, filename, contentType } of view === 'headers' ? [] : files) {
    lines.push(`Attachment: ${part}  ${printableLine(filename ?? 'unnamed')} (${printableLine(contentType)})`)
  }
  if (hiddenCharacters > 0)
    lines.push(`Note: ${hiddenCharacters} characters in the source cannot be seen and are left out`)
  if (remoteImages > 0) lines.push(`Note: ${remoteImages} pictures would come from elsewhere and are not fetched`)
  if (linesFolded > 0) output.talk(`${linesFolded} lines folded away (--view text shows all)`)
  return view === 'headers' ? `${lines.join('\n')}\n` : `${lines.join('\n')}\n\n${printable(body).trimEnd()}\n`
}

/** Answers go to somebody else than who wrote: a person should see that before they answer. */
function isElsewhere({ from, replyTo }: ParsedMessage): boolean {
  const authors = from.map(({ email }) => email.toLowerCase())
  return replyTo.some(({ email }) => !authors.includes(email.toLowerCase()))
}

function heading(message: ParsedMessage): [string, string][] {
  const people = (list: ParsedMessage['to']) => list.map(fullAddress).join(', ')
  const rows: [string, string][] = [
    ['From', people(message.from)],
    ['Reply-To', isElsewhere(message) ? people(message.replyTo) : ''],
    ['To', people(message.to)],
    ['Cc', people(message.cc)],
    ['Subject', message.subject],
    ['Date', message.date === null ? '' : longDate(message.date.at)],
  ]
  return rows.filter(([, value]) => value !== '')
}
