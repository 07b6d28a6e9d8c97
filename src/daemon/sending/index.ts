import { randomUUIDv7 } from 'node:crypto'
import { err, ok, type Result } from '#base/result.ts'
import { type DraftContent, newMessageId, readDraftContent, sameMailbox } from '#mail/compose/index.ts'
import {
  type DraftRow,
  draftById,
  isInMailbox,
  listDrafts,
  listSends,
  type SendState,
  sendById,
  sendOfDraft,
} from '#mail/drafts/index.ts'
import type { MessageId } from '#mail/store/index.ts'
import type { Accounts } from '../accounts/index.ts'
import type { Core, Part } from '../part.ts'
import { fromStore, type RequestError, requestError } from '../protocol/errors.ts'
import type { ResultOf } from '../requests/index.ts'
import type { writingRequests } from '../requests/writing.ts'
import { answerTo } from './answering.ts'
import { linkBounces } from './bounces.ts'
import { Copies, type Filer } from './copies.ts'
import { sweepFiles } from './files.ts'
import { PostOffice } from './post-office.ts'
import { prepare } from './prepare.ts'
import { recheck } from './recheck.ts'
import { draftToWire, sendToWire } from './wire.ts'

type Names = keyof typeof writingRequests

/** What other parts want of sending. */
export interface Sending extends Part<Names> {
  /** The network is back. */
  retry(): void
  /** From now on this files what the account sent. Gives the way to detach it. */
  attach(account: string, filer: Filer): () => void
  /** Mail that was just stored: reports about what was sent are linked to it. */
  arrived(ids: readonly MessageId[]): Promise<void>
}

const checkMs = 20_000
const sweepMs = 6 * 60 * 60_000
const openStates: readonly SendState[] = ['waiting', 'sending', 'ending', 'unknown', 'held', 'failed']
const decidedStates: readonly SendState[] = [...openStates, 'sent', 'cancelled']

/** Drafts for clients; takes what was decided to the servers. */
export function sendingPart(core: Core, { book, credentials }: Accounts): Sending {
  const { writer, reader, events, log } = core
  const { statements } = reader
  const office = new PostOffice({
    ...core,
    accounts: () => book.enabled.filter(({ smtp }) => smtp !== null),
    credentials,
    lateMaxMs: core.config.send.late_max_min * 60_000,
    random: Math.random,
    onChange: row =>
      events.emit('send.changed', { send_id: row.id, draft_id: row.draft, state: row.state }, row.account),
    onStuck: (account, message) => {
      const detail = `sending: ${message}; then: postern account edit ${account} --password`
      log.warn('send.stuck', { account })
      core.accounts.set(account, { state: 'auth_needed', detail })
    },
    onTried: () => task.wake(),
    onFree: account => {
      if (core.accounts.of(account)?.detail?.startsWith('sending: ')) core.accounts.set(account, { state: 'ready' })
    },
  })
  const copies = new Copies(core)
  let timer: NodeJS.Timeout | undefined
  const task = core.scheduler.every('sending', checkMs, async signal => {
    clearTimeout(timer)
    office.run()
    await settleByMailbox(core)
    await copies.run(book.enabled, signal)
    const next = office.nextInMs()
    if (next !== null && next < checkMs) timer = setTimeout(() => task.wake(), next + 1)
  })
  core.scheduler.onWake(() => {
    office.free()
    task.wake()
  })
  core.scheduler.every('draft-files', sweepMs, () => {
    const named = new Set(
      listDrafts(statements).flatMap(({ content }) => readDraftContent(content).files.map(({ sha256 }) => sha256)),
    )
    sweepFiles(core.paths, { named, now: core.clock.now() })
  })
  book.onNews(({ freed, changed }) => {
    for (const name of [...freed, ...changed.map(account => account.name)]) office.free(name)
    task.wake()
  })

  const draft = (id: number): Result<ResultOf<'draft.show'>, RequestError> => {
    const row = draftById(statements, id)
    return row === undefined ? err(unknown(id)) : ok(draftToWire(reader, row))
  }
  const send = (id: number): Result<ResultOf<'send.queue'>, RequestError> => {
    const row = sendById(statements, id)
    return row === undefined ? err(requestError('send_unknown', `there is no send s${id}`)) : ok(sendToWire(row))
  }
  const ofDraft = async (id: number, change: (send: number) => Promise<Result<unknown, RequestError>>) => {
    const row = sendOfDraft(statements, id)
    if (row === undefined) return err(requestError('send_unknown', `nothing of draft d${id} is on its way`))
    const changed = await change(row.id)
    if (!changed.ok) return changed
    task.wake()
    return send(row.id)
  }

  return {
    name: 'sending',
    handlers: {
      'draft.save': async ({ account, draft_id: id, revision, content }, { caller }) => {
        const known = id === undefined ? undefined : draftById(statements, id)
        if (id !== undefined && known === undefined) return err(unknown(id))
        const chosen = known?.account ?? account ?? accountOf(content)
        const owner = chosen === undefined ? undefined : book.named(chosen)
        if (owner === undefined) return err(requestError('account_unknown', `no account writes from ${content.from}`))
        if (account !== undefined && account !== owner.name) {
          return err(requestError('params_invalid', `draft d${id} belongs to account ${owner.name}`))
        }
        if (!owner.identities.some(({ email }) => sameMailbox(email, content.from))) {
          return err(requestError('params_invalid', `${content.from} is not an address of account ${owner.name}`))
        }
        if (caller.identity.origin !== 'human' && hasNewFile(content, known)) return err(fileOfAgent)
        const on = id === undefined ? {} : { on: { id, revision: revision ?? known?.revision ?? 0 } }
        const messageId = newMessageId(content.from, randomUUIDv7())
        const saved = await writer.saveDraft({ account: owner.name, content, messageId, ...on })
        if (!saved.ok) return err(fromStore(saved.error))
        events.emit('draft.changed', { draft_id: saved.value.id, revision: saved.value.revision }, owner.name)
        return ok({ draft_id: saved.value.id, revision: saved.value.revision, account: owner.name })
      },
      'draft.answer': async params => {
        const made = answerTo(core, book.enabled, params)
        if (!made.ok) return made
        const { account, content } = made.value
        const messageId = newMessageId(content.from, randomUUIDv7())
        const saved = await writer.saveDraft({ account, content, messageId })
        return saved.ok ? draft(saved.value.id) : err(fromStore(saved.error))
      },
      'draft.show': ({ draft_id: id }) => draft(id),
      'draft.list': ({ accounts, limit }) => {
        const rows = listDrafts(statements).filter(
          ({ account }) => accounts === undefined || accounts.includes(account),
        )
        return ok({ items: rows.slice(0, limit).map(row => briefly(draftToWire(reader, row))) })
      },
      'draft.delete': async ({ draft_id: id }) => {
        const deleted = await writer.deleteDraft(id)
        return deleted.ok ? ok({}) : err(fromStore(deleted.error))
      },
      'send.prepare': params => prepare(core, book.enabled, params),
      'send.queue': async ({ send_id: id, digest, despite }) => {
        const checked = recheck(core, book.enabled, { id, despite })
        if (!checked.ok) return checked
        const { notBefore, wantsCopy } = checked.value
        const queued = await writer.queueSend({ id, digest, notBefore, wantsCopy })
        if (!queued.ok) return err(fromStore(queued.error))
        task.wake()
        return send(id)
      },
      'send.cancel': ({ draft_id: id }) =>
        ofDraft(id, async which => {
          const cancelled = await writer.cancelSend(which)
          return cancelled.ok ? ok(undefined) : err(fromStore(cancelled.error))
        }),
      'send.list': ({ accounts, open, limit }) => {
        const rows = listSends(statements, open ? openStates : decidedStates)
        const wanted = rows.filter(({ account }) => accounts === undefined || accounts.includes(account))
        return ok({ items: wanted.slice(0, limit).map(sendToWire) })
      },
      'send.resolve': ({ draft_id: id, as: resolution }) =>
        ofDraft(id, async which => {
          const resolved = await writer.resolveSend({ id: which, resolution })
          return resolved.ok ? ok(undefined) : err(fromStore(resolved.error))
        }),
    },
    start: async () => {
      await office.recover()
      task.wake()
    },
    stop: async () => {
      clearTimeout(timer)
      await office.stop()
    },
    retry: () => {
      office.free()
      task.wake()
    },
    attach: (account, filer) => {
      const detach = copies.attach(account, filer)
      task.wake()
      return detach
    },
    arrived: ids => linkBounces(core, ids),
  }

  function accountOf({ from }: DraftContent): string | undefined {
    return book.enabled.find(({ identities }) => identities.some(({ email }) => sameMailbox(email, from)))?.name
  }
}

/** What nobody knew about and the mailbox now shows was sent. */
async function settleByMailbox({ reader, writer, log }: Core): Promise<void> {
  for (const row of listSends(reader.statements, ['unknown'])) {
    if (!isInMailbox(reader.statements, row)) continue
    const resolved = await writer.resolveSend({ id: row.id, resolution: 'sent' })
    if (resolved.ok) log.info('send.found', { account: row.account, send: row.id })
  }
}

function briefly({ content, created_at: _, ...rest }: ResultOf<'draft.show'>) {
  return { ...rest, to: content.to, subject: content.subject, files: content.files.length }
}

function unknown(id: number): RequestError {
  return requestError('draft_unknown', `there is no draft d${id}`)
}

/** Who knows the digest of a file that is kept for some draft must not be able to put it into another. */
function hasNewFile({ files }: DraftContent, known: DraftRow | undefined): boolean {
  const kept = new Set(known === undefined ? [] : readDraftContent(known.content).files.map(({ sha256 }) => sha256))
  return files.some(({ sha256 }) => !kept.has(sha256))
}

const fileOfAgent = requestError(
  'policy_denied',
  'Files of this machine are put into a draft by the person: keep or drop those that it has.',
)
