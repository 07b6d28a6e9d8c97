import { Failure } from '#base/failure.ts'
import type { Account, Identity } from '#config/index.ts'
import { type DraftContent, isDefaultFor, type Mailbox, sameMailbox, signatureText } from '#mail/compose/index.ts'
import type { Options, Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { attach, mailboxes, textOf } from './draft-of.ts'
import { finishDraft } from './finish.ts'

export const run: Run = async ({ options }, session) => {
  const to = mailboxes(options.values('to'), '--to')
  const cc = mailboxes(options.values('cc'), '--cc')
  const bcc = mailboxes(options.values('bcc'), '--bcc')
  const { account, identity } = await writer(session, options, [...to, ...cc, ...bcc])
  const text = textOf(options, session)
  if (text === undefined && !session.input.isTerminal) {
    throw new Failure('usage', 'text_missing', 'nobody is there to write: give --body or --body-stdin')
  }
  const signature = options.flag('no-signature') ? '' : signatureText(identity)
  const content: DraftContent = {
    from: identity.email,
    to: [...to],
    cc: [...cc],
    bcc: [...bcc],
    subject: subjectOf(options.value('subject') ?? ''),
    body: `${text ?? ''}${signature === '' ? '' : `\n${signature}`}`,
    markup: !options.flag('plain'),
    files: options.values('attach').map(path => attach(session, path)),
    answers: null,
  }
  return withDaemon(session, async client => {
    const saved = granted(await client.request('draft.save', { account: account.name, content }))
    return finishDraft(session, client, { id: saved.draft_id, isWritten: text !== undefined })
  })
}

async function writer(
  session: Session,
  options: Options,
  recipients: readonly Mailbox[],
): Promise<{ account: Account; identity: Identity }> {
  const { accounts } = await session.config()
  const name = options.value('account')
  const from = options.value('from')
  const able = accounts.filter(({ enabled, smtp }) => enabled && smtp !== null)
  const named = able.filter(account => name === undefined || account.name === name)
  const [first] = named
  if (first === undefined) {
    const message = name === undefined ? 'no account can send yet' : `there is no account "${name}" that can send`
    throw new Failure('not_found', 'account_unknown', message, {
      next: name === undefined ? 'postern account add imap' : 'postern account list',
    })
  }
  for (const account of named) {
    const own = account.identities.find(({ email }) => from !== undefined && sameMailbox(email, from))
    if (own !== undefined) return { account, identity: own }
  }
  if (from !== undefined)
    throw new Failure('usage', 'from_not_owned', `no account writes from ${from}`, { next: 'postern account list' })
  const fits = ({ identities }: Account) => identities.some(identity => isDefaultFor(identity, recipients))
  const account = named.find(fits) ?? first
  const identity = account.identities.find(each => isDefaultFor(each, recipients)) ?? account.identities[0]
  if (identity === undefined) throw new Error('an account without an address')
  return { account, identity }
}

function subjectOf(text: string): string {
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text) || text.length > 1000) {
    throw new Failure('usage', 'subject_invalid', 'a subject is one line of at most 1,000 characters')
  }
  return text
}
