import { err, ok, type Result } from '#base/result.ts'
import type { Account } from '#config/index.ts'
import { type Mailbox, ownCopy } from '#mail/compose/index.ts'
import { readDocument } from '#mail/document.ts'
import { copiesWanted, isInMailbox, type SendRow, sendById, sendBytes } from '#mail/drafts/index.ts'
import type { MailProvider } from '#mail/providers/provider.ts'
import { FLAG, seal } from '#mail/store/index.ts'
import type { Core } from '../part.ts'

export type Filer = Pick<MailProvider, 'append'>

const againMs = 5 * 60_000
/** After a start, sync first tells whether an earlier process had filed it before it could say so. */
const afterStartMs = 60_000

/**
 * Files what was sent: at the account's provider, or here where there is none. A message whose Message-ID the mailbox
 * shows is filed already, by us or by a server that does so itself.
 */
export class Copies {
  readonly #core: Core
  readonly #filers = new Map<string, Filer>()
  readonly #notBefore = new Map<string, number>()

  constructor(core: Core) {
    this.#core = core
  }

  attach(account: string, filer: Filer): () => void {
    this.#filers.set(account, filer)
    this.#notBefore.delete(account)
    return () => {
      if (this.#filers.get(account) === filer) this.#filers.delete(account)
    }
  }

  async run(accounts: readonly Account[], signal: AbortSignal): Promise<void> {
    const { reader, clock, log, writer } = this.#core
    for (const account of accounts) {
      if ((this.#notBefore.get(account.name) ?? 0) > clock.now()) continue
      for (const id of copiesWanted(reader.statements, account.name)) {
        const row = sendById(reader.statements, id)
        const isTooEarly = row !== undefined && account.imap !== null && this.#isTooEarly(row)
        if (row === undefined || isTooEarly || signal.aborted) continue
        const filed = isInMailbox(reader.statements, row) ? ok(true) : await this.#file(account, row, signal)
        if (filed.ok && filed.value) await writer.noteCopy(id)
        if (filed.ok) continue
        log.warn('copy.failed', { account: account.name, send: id, code: filed.error })
        this.#notBefore.set(account.name, clock.now() + againMs)
        break
      }
    }
  }

  #isTooEarly({ settledAt }: SendRow): boolean {
    const { startedAt, clock } = this.#core
    return (settledAt ?? 0) < startedAt && clock.now() < startedAt + afterStartMs
  }

  /** False: not now, because nobody is there who could. */
  async #file(account: Account, row: SendRow, signal: AbortSignal): Promise<Result<boolean, string>> {
    const kept = sendBytes(this.#core.reader.statements, row.id)
    if (kept === undefined) return ok(true)
    const raw = ownCopy({ bytes: kept.bytes, bcc: bccFrom(kept.bcc) })
    if (account.imap === null) return this.#keepHere(account.name, raw)
    const filer = this.#filers.get(account.name)
    if (filer === undefined) return ok(false)
    const mailbox = this.#sentMailbox(account.name)
    if (mailbox === undefined) return ok(false)
    const receivedAt = row.settledAt ?? this.#core.clock.now()
    const appended = await filer.append({ mailbox, raw, flags: ['read'], receivedAt }, signal)
    return appended.ok ? ok(true) : err(appended.error.code)
  }

  #sentMailbox(account: string): string | undefined {
    return this.#core.reader.labels().find(label => label.account === account && label.role === 'sent')?.key
  }

  async #keepHere(account: string, raw: Uint8Array): Promise<Result<boolean, string>> {
    const { document, receivedAt } = readDocument(raw)
    const label = { key: 'Sent', kind: 'folder', role: 'sent' } as const
    const when = receivedAt === undefined ? {} : { receivedAt }
    const batch = seal([{ raw, account, labels: [label], flags: FLAG.read, document, ...when }])
    const kept = await this.#core.writer.ingest(batch)
    return kept.ok ? ok(true) : err(kept.error.code)
  }
}

function bccFrom(json: string): Mailbox[] {
  const list: unknown = JSON.parse(json)
  if (!Array.isArray(list)) return []
  return list.map((each: unknown) => {
    const name: unknown = typeof each === 'object' && each !== null ? Reflect.get(each, 'name') : null
    const email: unknown = typeof each === 'object' && each !== null ? Reflect.get(each, 'email') : ''
    return { name: typeof name === 'string' ? name : null, email: String(email) }
  })
}
