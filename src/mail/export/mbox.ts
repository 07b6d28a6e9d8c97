import { Buffer } from 'node:buffer'
import type { Letter } from './letter.ts'

/**
 * A message as an mbox of the variant *mboxrd* holds it: a From line, the source with one more `>` before every line
 * that begins with any number of them and `From `, a blank line. Taking the quotes back gives the same bytes, except
 * that a source without a line break at its end gains one.
 */
export function mboxEntry({ listed, raw }: Letter): Uint8Array {
  const line = `From ${envelopeSender(listed.from[0]?.email)} ${asctime(listed.date)}\n`
  const source = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const ends = source.length > 0 && source[source.length - 1] === 0x0a ? '\n' : '\n\n'
  return Buffer.concat([Buffer.from(line, 'latin1'), quoted(source), Buffer.from(ends)])
}

function quoted(source: Buffer): Buffer {
  if (!source.includes('\nFrom ') && !source.includes('>From ')) return source
  return Buffer.from(source.toString('latin1').replace(/\n(>*From )/g, '\n>$1'), 'latin1')
}

/** One word of ASCII; anything else could be read as the date or begin another line. */
function envelopeSender(email: string | undefined): string {
  return email !== undefined && /^[\x21-\x7e]{1,254}$/.test(email) ? email : 'MAILER-DAEMON'
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** As C's asctime writes it, in UTC. */
function asctime(at: number): string {
  const date = new Date(at)
  const day = String(date.getUTCDate()).padStart(2, ' ')
  const time = date.toISOString().slice(11, 19)
  return `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${time} ${date.getUTCFullYear()}`
}
