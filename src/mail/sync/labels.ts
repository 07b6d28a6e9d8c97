import type { Mailbox } from '../providers/provider.ts'
import type { IncomingLabel, LabelRole } from '../store/index.ts'

export function folderLabel({ key, name, role }: Mailbox): IncomingLabel {
  return { key, name, kind: 'folder', ...(role === null ? {} : { role }) }
}

/**
 * Keywords as labels, and Gmail's labels where there are some. A keyword that is called like a folder (`Junk` is set by
 * several programs) is left out: a name is one label, and the folder must stay one.
 */
export function tagsOf(
  state: { readonly keywords: readonly string[]; readonly labels?: readonly string[] },
  folders: ReadonlySet<string>,
): IncomingLabel[] {
  return [
    ...state.keywords.map((key): IncomingLabel => ({ key, kind: 'keyword' })),
    ...(state.labels ?? []).map(gmailLabel),
  ].filter(({ key }) => !folders.has(key))
}

const gmailRoles: Readonly<Record<string, { readonly name: string; readonly role: LabelRole }>> = {
  '\\Inbox': { name: 'INBOX', role: 'inbox' },
  '\\Sent': { name: 'Sent', role: 'sent' },
  '\\Draft': { name: 'Drafts', role: 'drafts' },
  '\\Drafts': { name: 'Drafts', role: 'drafts' },
  '\\Starred': { name: 'Starred', role: 'starred' },
  '\\Important': { name: 'Important', role: 'important' },
}

function gmailLabel(key: string): IncomingLabel {
  const known = gmailRoles[key]
  return known === undefined ? { key, kind: 'label' } : { key, kind: 'label', ...known }
}
