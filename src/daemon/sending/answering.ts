import { err, ok, type Result } from '#base/result.ts'
import type { Account, Identity } from '#config/index.ts'
import { answer, type DraftContent, type DraftFile, draftFilesMax, forwardedFileName } from '#mail/compose/index.ts'
import { attachmentBytes, attachmentFileName, type ParsedMessage, parseMessage } from '#mail/mime/index.ts'
import { parseMessageId } from '#mail/store/index.ts'
import type { Core } from '../part.ts'
import { fromStore, type RequestError, requestError } from '../protocol/errors.ts'
import type { Params } from '../requests/index.ts'
import { keepFile } from './files.ts'

/** The content of a draft that answers a message of the store, or passes it on. */
export function answerTo(
  core: Core,
  accounts: readonly Account[],
  params: Params<'draft.answer'>,
): Result<{ account: string; content: DraftContent }, RequestError> {
  const id = parseMessageId(params.message_id)
  const listed = id === undefined ? undefined : core.reader.list([id])[0]
  if (id === undefined || listed === undefined)
    return err(requestError('message_unknown', `there is no message ${params.message_id}`))
  const account = accounts.find(({ name }) => name === listed.account)
  const [first, ...rest] = account?.identities ?? []
  if (account === undefined || first === undefined) {
    return err(requestError('account_unknown', `account ${listed.account} is not set up to write from`))
  }
  const raw = core.reader.raw(id)
  if (!raw.ok) return err(fromStore(raw.error))
  const parsed = parseMessage(raw.value)
  const identities: [Identity, ...Identity[]] = [first, ...rest]
  const content = answer({
    kind: params.kind,
    original: { id: listed.id, parsed: params.as_file ? { ...parsed, text: '' } : parsed },
    identities,
    timeZone: params.zone,
    quote: params.quote ?? core.config.send.quote,
    signature: params.signature,
    text: params.text,
  })
  if (params.kind !== 'forward') return ok({ account: account.name, content })
  const files = params.as_file ? [wholeFile(core, parsed, raw.value)] : partFiles(core, parsed, raw.value)
  return ok({ account: account.name, content: { ...content, files } })
}

function wholeFile(core: Core, parsed: ParsedMessage, raw: Uint8Array): DraftFile {
  const bytes = withoutHidden(raw)
  return keepFile(core.paths, { name: forwardedFileName(parsed.subject), bytes, type: 'message/rfc822' })
}

/** The person's own copy of what they sent names hidden recipients: passing it on must not tell them. */
function withoutHidden(raw: Uint8Array): Uint8Array {
  const text = Buffer.from(raw).toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length
  const head = text.slice(0, end).replace(/^(?:resent-)?bcc:.*(?:\r?\n[ \t].*)*(?:\r?\n|$)/gim, '')
  return Buffer.from(head + text.slice(end), 'latin1')
}

/** Every attachment of the message, embedded images included: what the text shows them in is not passed on. */
function partFiles(core: Core, parsed: ParsedMessage, raw: Uint8Array): DraftFile[] {
  return parsed.attachments.slice(0, draftFilesMax).map(attachment => {
    const type = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/.test(attachment.contentType)
      ? attachment.contentType
      : 'application/octet-stream'
    return keepFile(core.paths, { name: attachmentFileName(attachment), bytes: attachmentBytes(raw, attachment), type })
  })
}
