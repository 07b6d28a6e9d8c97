import { specialUse } from 'imapflow/lib/special-use.js'
import { err, ok, type Result } from '#base/result.ts'
import type { LabelRole } from '../../store/incoming.ts'
import type { Mailbox } from '../provider.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import { LIMITS } from './limits.ts'
import { listOf, numberOf, type RawResponse, textOf, tokenize } from './response.ts'
import { decodeMailboxName } from './utf7.ts'
import type { Wire } from './wire.ts'

const rolesByUse: Readonly<Record<string, LabelRole>> = {
  '\\Inbox': 'inbox',
  '\\Sent': 'sent',
  '\\Drafts': 'drafts',
  '\\Trash': 'trash',
  '\\Junk': 'spam',
  '\\Archive': 'archive',
  '\\All': 'all_mail',
  '\\Flagged': 'starred',
  '\\Important': 'important',
}

/** A mailbox as it is listed; `flags` in lower case. */
interface Listed {
  readonly key: string
  readonly delimiter: string
  readonly flags: ReadonlySet<string>
}

export interface ListedMailboxes {
  readonly mailboxes: readonly Mailbox[]
  readonly statuses: ReadonlyMap<string, Status>
}

export interface Status {
  readonly messages?: number
  readonly uidnext?: number
  readonly uidvalidity?: number
  readonly highestModseq?: string
  readonly objectId?: string
}

/** All mailboxes that can be opened, with their state, in one round trip where the server can (RFC 5819). */
export async function listMailboxes(wire: Wire): Promise<Result<ListedMailboxes, ProviderError>> {
  const listing = new Listing()
  const returns = [
    ...(wire.has('SPECIAL-USE') ? ['SPECIAL-USE'] : []),
    ...(wire.has('LIST-STATUS') ? [`STATUS (${statusItems(wire)})`] : []),
  ]
  const canReturn = wire.has('LIST-EXTENDED') && returns.length > 0
  const prefix = wire.has('NAMESPACE') ? await personalPrefix(wire) : ok('')
  if (!prefix.ok) return prefix
  const done = await wire.run(`LIST "" "*"${canReturn ? ` RETURN (${returns.join(' ')})` : ''}`, {
    untagged: listing.take,
  })
  if (!done.ok) return done
  if (listing.mailboxes.length >= LIMITS.mailboxesMax) {
    return err(providerError('protocol', `the server lists more than ${LIMITS.mailboxesMax} mailboxes`))
  }
  return ok({ mailboxes: describe(listing, prefix.value, wire), statuses: listing.statuses })
}

export function statusItems(wire: Wire): string {
  const more = [
    ...(wire.has('CONDSTORE') || wire.has('QRESYNC') ? ['HIGHESTMODSEQ'] : []),
    ...(wire.has('OBJECTID') ? ['MAILBOXID'] : []),
  ]
  return ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY', ...more].join(' ')
}

/** `* STATUS name (MESSAGES 1 …)` */
export function parseStatus(response: RawResponse): { key: string; status: Status } | undefined {
  if (!/^\* STATUS /i.test(response.line)) return undefined
  const [name, list] = tokenize(response.line, 9)
  const key = textOf(name, response)
  const items = listOf(list)
  if (key === undefined || items === undefined) return undefined
  const facts = new Map<string, string>()
  for (let at = 0; at + 1 < items.length; at += 2) {
    const inner = listOf(items[at + 1])
    const value = textOf(inner === undefined ? items[at + 1] : inner[0], response)
    if (value !== undefined) facts.set(textOf(items[at], response)?.toUpperCase() ?? '', value)
  }
  const number = (item: string) => {
    const value = numberOf(facts.get(item))
    return value === undefined ? undefined : value
  }
  const status = {
    messages: number('MESSAGES'),
    uidnext: number('UIDNEXT'),
    uidvalidity: number('UIDVALIDITY'),
    highestModseq: facts.get('HIGHESTMODSEQ'),
    objectId: facts.get('MAILBOXID'),
  }
  return { key: canonical(decodeMailboxName(key)), status: withoutUndefined(status) }
}

function withoutUndefined(status: { readonly [Name in keyof Status]: Status[Name] | undefined }): Status {
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== undefined))
}

class Listing {
  readonly mailboxes: Listed[] = []
  readonly statuses = new Map<string, Status>()

  readonly take = (response: RawResponse): void => {
    const status = parseStatus(response)
    if (status !== undefined && this.statuses.size < LIMITS.mailboxesMax) this.statuses.set(status.key, status.status)
    if (!/^\* LIST /i.test(response.line) || this.mailboxes.length >= LIMITS.mailboxesMax) return
    const [flags, delimiter, name] = tokenize(response.line, 7)
    const key = textOf(name, response)
    if (key === undefined || key === '') return
    const words = (listOf(flags) ?? []).flatMap(flag => (typeof flag === 'string' ? flag.toLowerCase() : []))
    this.mailboxes.push({
      key: canonical(decodeMailboxName(key)),
      delimiter: textOf(delimiter, response) ?? '',
      flags: new Set(words),
    })
  }
}

/** INBOX is INBOX in whatever letters (RFC 3501 section 5.1). */
function canonical(name: string): string {
  return /^inbox$/i.test(name) ? 'INBOX' : name
}

function describe({ mailboxes, statuses }: Listing, prefix: string, wire: Wire): Mailbox[] {
  const taken = new Set<LabelRole>()
  const open = mailboxes.filter(({ flags }) => !flags.has('\\noselect') && !flags.has('\\nonexistent'))
  const roles = new Map<string, LabelRole>()
  // What the server says comes first; a name is only a guess, and each role is given once.
  for (const byName of [false, true]) {
    for (const { key, flags, delimiter } of open) {
      const role = roleOf({ key, flags, delimiter }, { byName, hasExtension: wire.has('SPECIAL-USE') })
      if (role === undefined || taken.has(role) || roles.has(key)) continue
      taken.add(role)
      roles.set(key, role)
    }
  }
  const described = open.map(({ key }): Mailbox => {
    const status = statuses.get(key)
    return {
      key,
      name: prefix !== '' && key.startsWith(prefix) ? key.slice(prefix.length) : key,
      role: roles.get(key) ?? null,
      messages: status?.messages ?? null,
      objectId: status?.objectId ?? null,
      state: stateOf(status),
    }
  })
  return described.sort((one, other) => Number(other.key === 'INBOX') - Number(one.key === 'INBOX'))
}

/** Without mod-sequences a flag changes and no counter moves. */
function stateOf(status: Status | undefined): string | null {
  const { messages, uidnext, uidvalidity, highestModseq } = status ?? {}
  if (highestModseq === undefined || highestModseq === '0' || uidnext === undefined) return null
  return `${uidvalidity} ${uidnext} ${messages} ${highestModseq}`
}

function roleOf(
  { key, flags, delimiter }: Listed,
  { byName, hasExtension }: { byName: boolean; hasExtension: boolean },
): LabelRole | undefined {
  if (key === 'INBOX') return 'inbox'
  if (!byName) return Object.entries(rolesByUse).find(([use]) => flags.has(use.toLowerCase()))?.[1]
  const name = delimiter === '' ? key : (key.split(delimiter).at(-1) ?? key)
  // With the extension the server has said what it wanted to say, unless it said nothing at all.
  const found = specialUse(hasExtension, { flags: new Set(), name })
  return found.flag === null ? undefined : rolesByUse[found.flag]
}

/** `* NAMESPACE (("INBOX." ".")) NIL NIL`: what all of a person's mailboxes begin with. */
async function personalPrefix(wire: Wire): Promise<Result<string, ProviderError>> {
  let prefix = ''
  const done = await wire.run('NAMESPACE', {
    untagged: response => {
      if (!/^\* NAMESPACE /i.test(response.line)) return
      const [personal] = tokenize(response.line, 12)
      prefix = textOf(listOf(listOf(personal)?.[0])?.[0], response) ?? ''
    },
  })
  if (!done.ok && !wire.isOpen) return done
  return ok(decodeMailboxName(prefix))
}
