import { build } from '#base/build.ts'
import { instant } from '#base/instant.ts'
import { ok } from '#base/result.ts'
import { accountOutboxes, snoozeFacts } from '#mail/outbox/index.ts'
import type { Core, Part } from '../part.ts'
import type { ResultOf } from '../requests/index.ts'
import type { operatingRequests } from '../requests/operating.ts'

const tendEveryMs = 30_000
/** Short enough that a decision which comes in between is not noticed. */
const tendBudgetMs = 150

export interface Clients {
  readonly count: number
}

/** Says how the daemon is, lets clients listen, ends it, and keeps the store tidy when nothing else is done. */
export function operatingPart(core: Core, clients: Clients): Part<keyof typeof operatingRequests> {
  core.scheduler.every('tend', tendEveryMs, async () => {
    const tended = await core.writer.tend({ budgetMs: tendBudgetMs })
    if (!tended.ok) core.log.warn('tend.failed', { code: tended.error.code })
  })
  return {
    name: 'operating',
    handlers: {
      'daemon.ping': () => ok({}),
      'daemon.status': ({ accounts }) => ok(statusOf(core, clients, accounts)),
      'daemon.shutdown': (_, { caller }) => {
        setImmediate(() => core.stop(`asked for by ${caller.client}`))
        return ok({})
      },
      'events.subscribe': ({ kinds, accounts, since_seq: sinceSeq }, { subscribe }) => {
        const { seq, hasGap } = subscribe({
          ...(kinds === undefined ? {} : { kinds }),
          ...(accounts === undefined ? {} : { accounts }),
          ...(sinceSeq === undefined ? {} : { sinceSeq }),
        })
        return ok({ seq, has_gap: hasGap })
      },
    },
  }
}

function statusOf(core: Core, clients: Clients, wanted?: readonly string[]): ResultOf<'daemon.status'> {
  const { reader, clock, paths } = core
  const { version, commit } = build()
  const { total: snoozed, nextWakeAt } = snoozeFacts(reader.statements)
  const { messages, unread } = reader.totals()
  return {
    version,
    commit,
    instance: paths.instance,
    pid: process.pid,
    started_at: instant(core.startedAt),
    uptime_ms: Math.round(process.uptime() * 1000),
    memory_bytes: process.memoryUsage.rss(),
    connections: clients.count,
    messages,
    unread,
    snoozed,
    next_wake_at: nextWakeAt === null ? null : instant(nextWakeAt),
    accounts: accountsOf(core, clock.now(), wanted),
  }
}

function accountsOf({ reader, accounts: states }: Core, now: number, wanted?: readonly string[]) {
  const outboxes = new Map(accountOutboxes(reader.statements, now).map(each => [each.account, each]))
  const known = reader.accounts().filter(({ name }) => wanted === undefined || wanted.includes(name))
  return known.map(({ name, addresses }) => {
    const condition = states.of(name)
    const outbox = outboxes.get(name)
    const isRemote = outbox?.isRemote ?? false
    const { progress } = condition ?? {}
    return {
      name,
      addresses,
      is_remote: isRemote,
      state: condition?.state ?? (isRemote ? ('unattended' as const) : ('local' as const)),
      detail: condition?.detail ?? null,
      synced_at: condition?.syncedAt === undefined ? null : instant(condition.syncedAt),
      progress: progress === undefined ? null : { done: progress.done, total: progress.total ?? null },
      pending: outbox?.pending ?? 0,
      failed: outbox?.failed ?? 0,
    }
  })
}
