import { randomBytes } from 'node:crypto'
import { instant } from '#base/instant.ts'
import { err, ok, type Result } from '#base/result.ts'
import { type Account, providers } from '#config/index.ts'
import {
  type DraftContent,
  domainPart,
  type FrozenDraft,
  freeze,
  type OutgoingFile,
  readDraftContent,
} from '#mail/compose/index.ts'
import { type DraftRow, draftById } from '#mail/drafts/index.ts'
import type { Core } from '../part.ts'
import { fromStore, type RequestError, requestError } from '../protocol/errors.ts'
import type { Params, ResultOf } from '../requests/index.ts'
import { type CheckInput, checkDraft, type Issue } from './checks/index.ts'
import { correspondentsOf } from './correspondents.ts'
import { readFile } from './files.ts'

/** A draft frozen to bytes, with what is odd about it; kept as a send that nobody has decided on. */
export async function prepare(
  core: Core,
  accounts: readonly Account[],
  params: Params<'send.prepare'>,
): Promise<Result<ResultOf<'send.prepare'>, RequestError>> {
  const draft = draftById(core.reader.statements, params.draft_id)
  if (draft === undefined) return err(requestError('draft_unknown', `there is no draft d${params.draft_id}`))
  if (params.revision !== undefined && params.revision !== draft.revision) {
    return err(requestError('draft_changed', `draft d${draft.id} was changed meanwhile: look at it again`))
  }
  const account = accounts.find(({ name }) => name === draft.account)
  if (account === undefined) return err(requestError('account_unknown', `there is no account ${draft.account}`))
  if (account.smtp === null) {
    return err(requestError('unsupported', `account ${account.name} only receives: it has no server to send by`))
  }
  const delayMs = (params.delay_s ?? core.config.send.delay_s) * 1000
  const leavesAt = params.at === undefined ? core.clock.now() + delayMs : Date.parse(params.at)
  const made = frozenFrom(core, { draft, account, at: leavesAt, timeZone: params.zone })
  if (!made.ok) return made
  const { frozen, issues, files } = made.value
  const prepared = await core.writer.prepareSend({
    draft: draft.id,
    revision: draft.revision,
    account: account.name,
    messageId: frozen.messageId,
    digest: frozen.digest,
    subject: made.value.subject,
    envelope: frozen.envelope,
    bytes: frozen.bytes,
    bcc: frozen.bcc,
    notBefore: leavesAt,
    isScheduled: params.at !== undefined,
  })
  if (!prepared.ok) return err(fromStore(prepared.error))
  return ok({
    send_id: prepared.value.id,
    digest: frozen.digest,
    message_id: frozen.messageId,
    account: account.name,
    from: frozen.envelope.from,
    recipients: [...frozen.envelope.to],
    subject: made.value.subject,
    size: frozen.bytes.length,
    files: files.map(({ name, contentType, bytes }) => ({ name, type: contentType, size: bytes.length })),
    has_html: made.value.hasHtml,
    issues: issues.map(({ kind, level, message }) => ({ kind, level, message })),
    leaves_at: instant(leavesAt),
    delay_s: params.at === undefined ? delayMs / 1000 : 0,
  })
}

interface Freezing {
  readonly draft: DraftRow
  readonly account: Account
  readonly at: number
  readonly timeZone: string
}

interface Made {
  readonly frozen: FrozenDraft
  readonly issues: readonly Issue[]
  readonly files: readonly OutgoingFile[]
  readonly subject: string
  readonly hasHtml: boolean
}

function frozenFrom(core: Core, { draft, account, at, timeZone }: Freezing): Result<Made, RequestError> {
  const content = readDraftContent(draft.content)
  const read = filesOf(core, draft.id, content)
  if (!read.ok) return read
  const files = read.value
  const frozen = freeze({
    content,
    identities: account.identities,
    files,
    messageId: draft.messageId,
    at,
    timeZone,
    boundarySeed: randomBytes(16).toString('hex'),
  })
  if (!frozen.ok)
    return err(requestError('params_invalid', frozen.error.message, { details: { reason: frozen.error.code } }))
  const issues = checkDraft(checksOf(core, { account, content, files }))
  const hasHtml = Buffer.from(frozen.value.bytes).includes('multipart/alternative')
  return ok({ frozen: frozen.value, issues, files, subject: content.subject, hasHtml })
}

/** What is odd about a draft, as it is now. */
export function issuesOf(
  core: Core,
  { draft, account }: Pick<Freezing, 'draft' | 'account'>,
): Result<readonly Issue[], RequestError> {
  const content = readDraftContent(draft.content)
  const files = filesOf(core, draft.id, content)
  return files.ok ? ok(checkDraft(checksOf(core, { account, content, files: files.value }))) : files
}

function checksOf(
  core: Core,
  { account, content, files }: { account: Account; content: DraftContent; files: readonly OutgoingFile[] },
): CheckInput {
  return {
    content,
    files: files.map(({ name, bytes }) => ({ name, text: textOf(bytes) })),
    correspondents: correspondentsOf(core.reader),
    settings: core.config.checks,
    ownDomains: account.identities.map(({ email }) => domainPart(email)).filter(isPrivateDomain),
  }
}

function filesOf(core: Core, draft: number, { files }: DraftContent): Result<OutgoingFile[], RequestError> {
  const found: OutgoingFile[] = []
  for (const file of files) {
    const bytes = readFile(core.paths, file)
    if (bytes === undefined) {
      return err(requestError('not_found', `the file "${file.name}" of draft d${draft} is gone: add it again`))
    }
    found.push({ name: file.name, contentType: file.type, bytes })
  }
  return ok(found)
}

/** Everybody can have an address at a mail provider: such a domain makes nobody a colleague. */
function isPrivateDomain(domain: string): boolean {
  return !publicDomains.has(domain)
}

const publicDomains = new Set(providers.flatMap(({ domains }) => domains))

const textBytesMax = 256 * 1024

/** The beginning of a file, where it is text. */
function textOf(bytes: Uint8Array): string | null {
  const start = bytes.subarray(0, textBytesMax)
  if (start.includes(0)) return null
  return new TextDecoder('utf-8').decode(start)
}
