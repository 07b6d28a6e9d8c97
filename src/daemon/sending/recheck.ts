import { err, ok, type Result } from '#base/result.ts'
import type { Account } from '#config/index.ts'
import { draftById, sendById } from '#mail/drafts/index.ts'
import type { Core } from '../part.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'
import { issuesOf } from './prepare.ts'

export interface Allowed {
  readonly notBefore: number
  readonly wantsCopy: boolean
}

/**
 * Whether a prepared message may be queued: whoever decides has named every issue that blocks, and no other. The
 * decision names the digest too, so that it is about these bytes with these issues and nothing else (R-02-13).
 */
export function recheck(
  core: Core,
  accounts: readonly Account[],
  { id, despite }: { readonly id: number; readonly despite: readonly string[] },
): Result<Allowed, RequestError> {
  const send = sendById(core.reader.statements, id)
  if (send === undefined) return err(requestError('send_unknown', `there is no send s${id}`))
  const account = accounts.find(({ name }) => name === send.account)
  if (account === undefined) return err(requestError('account_unknown', `there is no account ${send.account}`))
  const now = core.clock.now()
  const notBefore = send.isScheduled ? send.notBefore : now + (send.notBefore - send.preparedAt)
  // Where we receive nothing, nobody else keeps what was sent.
  const allowed = { notBefore, wantsCopy: account.sentCopy === 'append' || account.imap === null }
  if (send.state !== 'prepared') return ok(allowed)
  const draft = draftById(core.reader.statements, send.draft)
  if (draft === undefined || draft.revision !== send.revision) {
    return err(requestError('draft_changed', `draft d${send.draft} was changed meanwhile: look at it again`))
  }
  const issues = issuesOf(core, { draft, account })
  if (!issues.ok) return issues
  const blocking = issues.value.filter(({ level }) => level === 'block')
  const unnamed = blocking.filter(({ kind }) => !despite.includes(kind))
  const [first] = unnamed
  if (first === undefined) return ok(allowed)
  const kinds = unnamed.map(({ kind }) => kind)
  return err(requestError('refused', first.message, { details: { issues: kinds } }))
}
