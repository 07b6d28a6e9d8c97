import type { Mailbox } from '../providers/provider.ts'
import type { LabelRole } from '../store/index.ts'

/** In what order a person misses mail; what is thrown away comes last. */
const order: readonly (LabelRole | null)[] = [
  'inbox',
  'all_mail',
  'drafts',
  'sent',
  'important',
  'starred',
  null,
  'archive',
  'spam',
  'trash',
]

export interface Choice {
  /** Only these mailboxes, when there are any; `*` stands for any part. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

/** The mailboxes to synchronise, the most wanted first. */
export function chooseMailboxes(mailboxes: readonly Mailbox[], { include, exclude }: Choice): readonly Mailbox[] {
  const isNamed = (mailbox: Mailbox, patterns: readonly string[]) =>
    patterns.some(pattern => matches(pattern, mailbox.key) || matches(pattern, mailbox.name))
  return mailboxes
    .filter(mailbox => (include.length === 0 || isNamed(mailbox, include)) && !isNamed(mailbox, exclude))
    .map((mailbox, at) => ({ mailbox, at, rank: rankOf(mailbox) }))
    .sort((one, other) => one.rank - other.rank || one.at - other.at)
    .map(({ mailbox }) => mailbox)
}

function rankOf({ role }: Mailbox): number {
  const rank = order.indexOf(role)
  return rank < 0 ? order.indexOf(null) : rank
}

/** Linear in both: a pattern's pieces are looked for one after the other. */
export function matches(pattern: string, text: string): boolean {
  const pieces = pattern.split('*')
  const [first = ''] = pieces
  if (pieces.length === 1) return text === pattern
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  const last = pieces.at(-1) ?? ''
  return text.length - last.length >= at && text.endsWith(last)
}
