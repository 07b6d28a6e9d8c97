import { Buffer } from 'node:buffer'
import type { IncomingLabel, LabelRole } from '../store/incoming.ts'

/** The label of a folder, by the names on the way to it; none is the inbox, as in a Maildir. */
export function folderLabel(names: readonly string[]): IncomingLabel {
  const shown = names.length > 1 && isInbox(names[0]) ? names.slice(1) : names
  if (shown.length === 0 || (shown.length === 1 && isInbox(shown[0]))) {
    return { key: 'INBOX', kind: 'folder', role: 'inbox' }
  }
  const key = shown.join('/').slice(0, nameCharsMax)
  const role = roleOf(shown)
  return role === undefined ? { key, kind: 'folder' } : { key, kind: 'folder', role }
}

const nameCharsMax = 400

function isInbox(name: string | undefined): boolean {
  return name?.toLowerCase() === 'inbox'
}

/** Only a folder at the top is what its name says: `Projects/Sent` may hold anything. */
function roleOf(names: readonly string[]): LabelRole | undefined {
  const [first = '', second] = names
  const isProviders = second !== undefined && names.length === 2 && /^\[(?:gmail|google mail)\]$/i.test(first)
  if (names.length > 1 && !isProviders) return undefined
  const name = (isProviders ? second : first).toLowerCase().normalize('NFC')
  return roles.find(([, known]) => known.includes(name))?.[0]
}

const roles: readonly (readonly [LabelRole, readonly string[]])[] = [
  [
    'sent',
    [
      ...['sent', 'sent items', 'sent mail', 'sent-mail', 'sent messages', 'gesendet', 'gesendete elemente'],
      ...['envoyés', 'éléments envoyés', 'messages envoyés', 'enviados', 'elementos enviados', 'inviata', 'verzonden'],
    ],
  ],
  ['drafts', ['drafts', 'draft', 'entwürfe', 'brouillons', 'borradores', 'bozze', 'concepten', 'rascunhos']],
  [
    'trash',
    [
      ...['trash', 'bin', 'deleted', 'deleted items', 'deleted messages', 'papierkorb', 'gelöschte elemente'],
      ...['corbeille', 'éléments supprimés', 'papelera', 'cestino', 'prullenbak', 'lixeira'],
    ],
  ],
  ['spam', ['spam', 'junk', 'junk mail', 'junk e-mail', 'junk email', 'bulk mail', 'junk-e-mail', 'spamverdacht']],
  ['archive', ['archive', 'archives', 'archiv', 'archivo', 'archivio', 'archief']],
  ['all_mail', ['all mail', 'alle nachrichten', 'tous les messages']],
  ['starred', ['starred']],
  ['important', ['important']],
]

/** A name as IMAP servers write it to disk: modified UTF-7 (RFC 3501 §5.1.3), left alone where it is none. */
export function decodeFolderName(name: string): string {
  if (!name.includes('&') || /[^\x20-\x7e]/.test(name)) return name
  return name.replace(/&([A-Za-z0-9+,]*)-/g, (whole, encoded: string) => {
    if (encoded === '') return '&'
    const bytes = Buffer.from(encoded.replaceAll(',', '/'), 'base64')
    if (bytes.length < 2 || bytes.length % 2 !== 0) return whole
    const text = Buffer.from(bytes.swap16()).toString('utf16le')
    return text.isWellFormed() ? text : whole
  })
}
