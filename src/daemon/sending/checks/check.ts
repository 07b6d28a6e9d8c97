import type { Config } from '#config/index.ts'
import { type DraftContent, domainPart, type Mailbox, sameMailbox } from '#mail/compose/index.ts'
import { lookAlike } from './look-alike.ts'
import { ownText } from './own-text.ts'
import * as words from './words.ts'

export const checkKinds = [
  'attachment_missing',
  'subject_empty',
  'body_empty',
  'placeholder',
  'secret',
  'one_time_code',
  'personal_data',
  'first_time',
  'look_alike',
  'reply_to',
  'recipient_lost',
  'greeting',
  'many_recipients',
  'sensitive_domain',
  'internal_marker',
] as const
export type IssueKind = (typeof checkKinds)[number]

export interface Issue {
  readonly kind: IssueKind
  readonly level: 'block' | 'warn'
  /** For a person; addresses and names of files may stand in it, what looks like a secret never does. */
  readonly message: string
}

export interface CheckFile {
  readonly name: string
  /** Its beginning, where it is text. */
  readonly text: string | null
}

/** Whom the person writes to, as the store knows. */
export interface Correspondents {
  /** How many messages went to an address. */
  sentTo(email: string): number
  /** Those written to most, at most 2,000. */
  readonly frequent: readonly { readonly email: string; readonly sent: number }[]
}

export interface CheckInput {
  readonly content: DraftContent
  readonly files: readonly CheckFile[]
  readonly correspondents: Correspondents
  readonly settings: Config['checks']
  /** Domains of the person's own addresses. */
  readonly ownDomains: readonly string[]
}

/** Pure: everything that is odd about a draft, in the order of `checkKinds`. */
export function checkDraft(input: CheckInput): Issue[] {
  const own = ownText(input.content.body)
  return checkKinds.flatMap(kind => {
    const level = input.settings[kind]
    const message = level === 'off' ? undefined : checks[kind](input, own)
    return level === 'off' || message === undefined ? [] : [{ kind, level, message }]
  })
}

type Check = (input: CheckInput, own: string) => string | undefined

const checks: Readonly<Record<IssueKind, Check>> = {
  attachment_missing: ({ content }, own) => {
    if (content.files.length > 0) return undefined
    const word = words.attachmentWord(own)
    return word === undefined ? undefined : `the text says "${word}", and nothing is attached`
  },
  subject_empty: ({ content }) => {
    const bare = content.subject.replace(/^(?:(?:re|fwd):\s*)+/i, '').trim()
    return bare === '' ? 'there is no subject' : undefined
  },
  body_empty: ({ content }, own) =>
    own.trim() === '' && content.answers?.kind !== 'forward' && content.files.length === 0
      ? 'there is no text'
      : undefined,
  placeholder: ({ content }) => {
    const found = words.placeholder(`${content.subject}\n${content.body}`)
    return found === undefined ? undefined : `the text still holds the placeholder ${found}`
  },
  secret: ({ content, files }) => {
    if (words.holdsSecret(`${content.subject}\n${content.body}`))
      return 'the text holds what looks like a key, a token or a password'
    const file = files.find(
      ({ name, text }) =>
        words.holdsSecret(name) || words.isKeyFile(name) || (text !== null && words.holdsSecret(text)),
    )
    return file === undefined
      ? undefined
      : `the file "${file.name}" is or holds what looks like a key, a token or a password`
  },
  one_time_code: ({ content }) =>
    words.holdsOneTimeCode(`${content.subject}\n${content.body}`)
      ? 'the text holds what looks like a one-time code'
      : undefined,
  personal_data: ({ content }) => {
    const kind = words.personalData(`${content.subject}\n${content.body}`)
    return kind === undefined ? undefined : `the text holds what looks like a ${kind}`
  },
  first_time: input => {
    const fresh = external(input).filter(({ email }) => input.correspondents.sentTo(email) === 0)
    return fresh.length === 0 ? undefined : `you never wrote to ${listed(fresh)}`
  },
  look_alike: ({ content, correspondents }) => {
    for (const { email } of everybody(content)) {
      const meant = lookAlike(email, correspondents)
      if (meant !== undefined) return `${email} almost equals ${meant}, which you write to`
    }
    return undefined
  },
  reply_to: ({ content: { answers, to } }) => {
    if (answers === null || answers.kind === 'forward' || answers.sender === null) return undefined
    const { sender } = answers
    const elsewhere = to.filter(({ email }) => domainPart(email) !== domainPart(sender))
    const isSwitched = elsewhere.length === to.length && to.length > 0 && answers.expected.length === 0
    return isSwitched ? `the message came from ${sender}, and the answer goes to ${listed(elsewhere)}` : undefined
  },
  recipient_lost: ({ content }) => {
    if (content.answers?.kind !== 'reply-all') return undefined
    const kept = everybody(content)
    const lost = content.answers.expected.filter(email => !kept.some(one => sameMailbox(one.email, email)))
    return lost.length === 0 ? undefined : `this answer to all leaves out ${lost.slice(0, 5).join(', ')}`
  },
  greeting: ({ content }, own) => {
    const name = words.greetedName(own)
    if (name === undefined || content.to.length + content.cc.length <= 2) return undefined
    return `the text greets ${name} and goes to ${content.to.length + content.cc.length} people`
  },
  many_recipients: ({ content, settings }) => {
    const open = content.to.length + content.cc.length
    return open > settings.recipients_max ? `${open} recipients see each other's addresses; Bcc hides them` : undefined
  },
  sensitive_domain: ({ content, settings }) => {
    const found = everybody(content).filter(({ email }) => isIn(email, settings.sensitive_domains))
    return found.length === 0 ? undefined : `${listed(found)} is in a domain that you called sensitive`
  },
  internal_marker: input => {
    const text = `${input.content.subject}\n${input.content.body}`.toLowerCase()
    const marker = input.settings.internal_markers.find(word => text.includes(word.toLowerCase()))
    const outside = external(input)
    return marker === undefined || outside.length === 0
      ? undefined
      : `the text says "${marker}" and goes to ${listed(outside)}`
  },
}

function everybody({ to, cc, bcc }: DraftContent): readonly Mailbox[] {
  return [...to, ...cc, ...bcc]
}

function external({ content, settings, ownDomains }: CheckInput): Mailbox[] {
  return everybody(content).filter(({ email }) => !isIn(email, [...settings.internal_domains, ...ownDomains]))
}

/** The domain itself or one below it. */
function isIn(email: string, domains: readonly string[]): boolean {
  const domain = domainPart(email)
  return domains.some(each => domain === each.toLowerCase() || domain.endsWith(`.${each.toLowerCase()}`))
}

function listed(mailboxes: readonly Mailbox[]): string {
  const shown = mailboxes.slice(0, 3).map(({ email }) => email)
  const more = mailboxes.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
