import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { ListedMessage } from '../store/index.ts'

export interface MaildirPlace {
  /** Of the folder below the Maildir: '' for the inbox, `.Lists.Timber` for others (Maildir++). */
  readonly folder: string
  /** The file in its `cur`. */
  readonly name: string
}

/** One for each folder that the message lies in; the inbox stands in for none. Labels and keywords have no place there. */
export function maildirPlaces(listed: ListedMessage, flagMark: ':' | ';' = ':'): MaildirPlace[] {
  const folders = listed.labels.filter(({ kind }) => kind === 'folder').map(folderName)
  const name = maildirName(listed, flagMark)
  return [...new Set(folders.length === 0 ? [''] : folders)].sort().map(folder => ({ folder, name }))
}

/**
 * The time, the message's id, and its flags in the order of ASCII, as Maildir wants them. The mark before them is a
 * colon, which Windows does not allow in a name: there it is a semicolon.
 */
export function maildirName({ id, date, flags }: ListedMessage, flagMark: ':' | ';' = ':'): string {
  const letters = `${flags.draft ? 'D' : ''}${flags.starred ? 'F' : ''}${flags.answered ? 'R' : ''}${flags.read ? 'S' : ''}`
  return `${Math.max(0, Math.floor(date / 1000))}.${id}.postern${flagMark}2,${letters}`
}

const folderCharsMax = 200
const digestChars = 16

function folderName({ name, role }: { readonly name: string; readonly role: string | null }): string {
  if (role === 'inbox') return ''
  const parts = name.split('/').filter(part => part !== '')
  const whole = parts.map(part => `.${modifiedUtf7(part)}`).join('')
  if (whole === '') return '.unnamed'
  if (whole.length <= folderCharsMax) return whole
  // Too long for a file system: two long names must not become one.
  const digest = createHash('sha256').update(name).digest('hex').slice(0, digestChars)
  return `.${modifiedUtf7([...name].slice(0, 20).join('').replaceAll('/', ' '))}-${digest}`
}

/**
 * As IMAP servers name folders on disk (RFC 3501 §5.1.3). Whatever a file system or a shell could take for something
 * else is encoded too, dots and separators before all: decoding gives it back.
 */
function modifiedUtf7(text: string): string {
  return text.replace(/&|[^A-Za-z0-9 _+=@(),-]+/g, run => {
    if (run === '&') return '&-'
    const bytes = Buffer.from(run, 'utf16le').swap16()
    return `&${bytes.toString('base64').replaceAll('/', ',').replace(/=+$/, '')}-`
  })
}
