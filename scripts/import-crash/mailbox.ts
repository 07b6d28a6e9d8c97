import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A Maildir of small messages, always the same for the same count: threads whose parts lie in several folders, mail
 * that lies in two of them, flags, attachments, an mbox beside it.
 */
export function writeMailbox(root: string, messages: number): void {
  const folders = ['', '.Work', '.Lists.dev', '.Sent', '.Trash']
  for (const folder of folders) {
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(root, 'Mail', folder, part), { recursive: true })
  }
  let box = ''
  for (let at = 0; at < messages; at++) {
    const raw = message(at)
    const folder = folders[(at * 7) % folders.length] ?? ''
    const place =
      at % 4 === 0 ? join('new', `${at}.x`) : join('cur', `${at}.x:2,${['S', 'FS', 'RS', ''][at % 3] ?? ''}`)
    writeFileSync(join(root, 'Mail', folder, place), raw)
    if (at % 11 === 0) writeFileSync(join(root, 'Mail', '.Work', 'cur', `${at}.again:2,F`), raw)
    if (at % 5 === 0) box += `From x@y.example Thu Oct  1 12:00:00 2026\n${raw.replace('\n\n', '\nStatus: RO\n\n')}\n`
  }
  writeFileSync(join(root, 'archive.mbox'), box)
}

const words = 'invoice meeting garden report holiday budget letter engine window harbour ticket contract'.split(' ')

function message(at: number): string {
  const thread = Math.floor(at / 5)
  const parents = Array.from({ length: at % 5 }, (_, back) => `<m${at - (at % 5) + back}@crash.example>`)
  const text = Array.from({ length: 40 }, (_, word) => words[(at * 31 + word * word) % words.length]).join(' ')
  const head = [
    `From: Person ${at % 97} <p${at % 97}@crash.example>`,
    `To: me@home.example${at % 3 === 0 ? `, p${(at * 13) % 97}@crash.example` : ''}`,
    `Date: ${new Date(Date.UTC(2020, 0, 1) + at * 7_700_000).toUTCString()}`,
    `Subject: ${at % 5 === 0 ? '' : 'Re: '}${words[thread % words.length]} ${thread}`,
    `Message-ID: <m${at}@crash.example>`,
    ...(parents.length === 0 ? [] : [`References: ${parents.join(' ')}`]),
  ]
  if (at % 23 !== 0) return `${head.join('\n')}\n\n${text}\nnumber${at}\n`
  const file = Buffer.alloc(20_000, `${at % 46} a file `)
    .toString('base64')
    .replace(/.{76}/g, '$&\n')
  return `${head.join('\n')}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n${text}\n--b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=f${at}.pdf\n\n${file}\n--b--\n`
}
