import { readDraftContent } from '#mail/compose/index.ts'
import { draftById, sendById } from '#mail/drafts/index.ts'
import { formatMessageId, type ListedMessage, parseMessageId } from '#mail/store/index.ts'
import type { Core } from '../part.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'
import type { RequestName, RequestSpec } from '../requests/index.ts'
import { type CheckedParams, messagesOf, namedMessages } from './scopes.ts'

/** These answer for mail under hidden labels by themselves, as for mail that is not there. */
export const leavesOut: ReadonlySet<RequestName> = new Set(['mail.list', 'mail.thread'])

/**
 * For whom labels are hidden: what a request refers to and is not there, or is about mail under such a label. Both are
 * told by this and in the same words, before anything else is said of it: an answer of its own would tell that a
 * hidden message exists.
 */
export function absentIn(
  core: Core,
  { name, spec, params }: { readonly name: RequestName; readonly spec: RequestSpec; readonly params: CheckedParams },
  labelsHidden: readonly string[],
): RequestError | undefined {
  if (leavesOut.has(name)) return undefined
  const isHere = (id: string) => {
    const message = core.reader.message(id)
    return message !== undefined && !isHidden(message, labelsHidden)
  }
  const answersHidden = (draft: number) => {
    const row = draftById(core.reader.statements, draft)
    const answers = row === undefined ? null : readDraftContent(row.content).answers
    const answered = answers === null ? undefined : core.reader.message(answers.id)
    return row === undefined || (answered !== undefined && isHidden(answered, labelsHidden))
  }
  for (const scope of spec.scope) {
    if (scope.accounts !== 'referenced') continue
    const value = params[scope.field]
    if (value === undefined) continue
    const missing = namedMessages(scope, value).find(id => !isHere(id))
    if (missing !== undefined) return requestError('message_unknown', `there is no message ${missing}`)
    if (scope.by === 'draft' && answersHidden(Number(value))) {
      return requestError('draft_unknown', `there is no draft d${value}`)
    }
    if (scope.by === 'send') {
      const draft = sendById(core.reader.statements, Number(value))?.draft
      if (draft === undefined || answersHidden(draft)) {
        return requestError('send_unknown', `there is no send s${value}`)
      }
    }
    if (scope.by === 'plan' && !messagesOf(core, spec, params).map(formatMessageId).every(isHere)) {
      return requestError('plan_unknown', 'there is no such plan')
    }
  }
  return undefined
}

export function isHidden({ labels }: ListedMessage, labelsHidden: readonly string[]): boolean {
  return labels.some(({ name }) => labelsHidden.some(hidden => hidden.toLowerCase() === name.toLowerCase()))
}

/** A thread without what is hidden, asked for by its id or that of a message; empty where that message is hidden. */
export function visibleThread<T extends ListedMessage>(
  id: string,
  messages: readonly T[],
  labelsHidden: readonly string[],
): readonly T[] {
  const asked = parseMessageId(id)
  const visible = messages.filter(message => !isHidden(message, labelsHidden))
  return asked === undefined || visible.some(message => parseMessageId(message.id) === asked) ? visible : []
}
