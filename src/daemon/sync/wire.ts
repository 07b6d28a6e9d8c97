import { instant } from '#base/instant.ts'
import type { Result } from '#base/result.ts'
import type { PassReport, SyncError, SyncState, SyncStatus } from '#mail/sync/index.ts'
import type { AccountCondition, AccountState } from '../account-states.ts'
import type { Core } from '../part.ts'
import type { ResultOf } from '../requests/index.ts'
import type { AccountService } from './account.ts'

type Synced = ResultOf<'sync.start'>['accounts'][number]
type Shown = ResultOf<'sync.status'>['accounts'][number]

const states: Readonly<Record<SyncState, AccountState>> = {
  starting: 'starting',
  syncing: 'syncing',
  ready: 'ready',
  offline: 'offline',
  stopped: 'auth_needed',
  degraded: 'degraded',
}

export function conditionOf({ account, state, problem, syncedAt, progress }: SyncStatus): AccountCondition {
  return {
    state: states[state],
    ...(problem === null ? {} : { detail: sentence(account, problem) }),
    ...(syncedAt === null ? {} : { syncedAt }),
    ...(progress === null ? {} : { progress: { done: progress.done, total: progress.total } }),
  }
}

function sentence(account: string, problem: SyncError): string {
  const next = nextOf(account, problem)
  return next === null ? problem.error.message : `${problem.error.message}: ${next}`
}

/** The command that helps a person further. */
function nextOf(account: string, { from, error }: SyncError): string | null {
  if (from === 'store') return error.code === 'store_corrupt' ? 'postern doctor' : null
  switch (error.code) {
    case 'auth':
      return `postern account edit ${account} --password`
    case 'certificate':
    case 'unsupported':
    case 'protocol':
      return `postern account test ${account}`
    default:
      return null
  }
}

export function startedToWire(name: string): Synced {
  return { name, outcome: 'started', arrived: 0, changed: 0, removed: 0, code: null, detail: null, next: null }
}

export function passToWire(name: string, done: Result<PassReport, SyncError>): Synced {
  if (!done.ok) {
    const { error } = done
    const facts = { code: error.error.code, detail: error.error.message, next: nextOf(name, error) }
    return { ...startedToWire(name), outcome: 'failed', ...facts }
  }
  const { arrived, changed, removed, failures } = done.value
  const [first] = failures
  return {
    ...startedToWire(name),
    outcome: 'done',
    arrived,
    changed,
    removed,
    code: first?.error.error.code ?? null,
    detail:
      failures.length === 0 ? null : failures.map(each => `${each.mailbox}: ${each.error.error.message}`).join('; '),
  }
}

export function statusToWire({ reader }: Core, { account, sync }: AccountService): Shown {
  const { state, problem, syncedAt, progress, failures } = sync.status
  return {
    name: account.name,
    state: states[state],
    detail: problem === null ? null : sentence(account.name, problem),
    synced_at: syncedAt === null ? null : instant(syncedAt),
    progress: progress === null ? null : { done: progress.done, total: progress.total, eta_ms: progress.etaMs },
    mailboxes: reader.mailboxSyncs(account.name).map(mailbox => ({
      name: mailbox.name,
      role: mailbox.role,
      remaining: mailbox.remaining,
      synced_at: mailbox.syncedAt === null ? null : instant(mailbox.syncedAt),
      skipped: mailbox.skipped,
      failure: failures.find(each => each.mailbox === mailbox.key)?.error.error.message ?? null,
    })),
  }
}
