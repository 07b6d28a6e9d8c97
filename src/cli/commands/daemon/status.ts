import { printableLine } from '#base/printable.ts'
import type { ResultOf } from '#daemon/requests/index.ts'
import type { Run } from '../../command.ts'
import type { Output, Session } from '../../session.ts'
import { granted, withDaemon, withRunningDaemon } from '../../with-daemon.ts'
import { byteSize, longDate } from '../mail/words.ts'

type Status = ResultOf<'daemon.status'>

/** `postern daemon status` only looks; `postern status` starts the daemon, because a person who asks wants mail to come. */
export const run: Run = async ({ path, options }, session) => {
  const { output } = session
  const isLooking = path[0] === 'daemon'
  if (!isLooking && options.flag('watch')) return watch(session)
  const ask = isLooking ? withRunningDaemon : withDaemon
  const status = await ask(session, async client => granted(await client.request('daemon.status', {})))
  if (status === undefined) {
    if (output.json) output.data({ running: false })
    else output.talk('no daemon runs; any command that needs it starts it')
    return 'not_found'
  }
  show(status, output)
  return 'done'
}

function show(status: Status, output: Output): void {
  if (output.json) output.data({ running: true, ...status })
  else output.write(`${linesOf(status).join('\n')}\n`)
}

/** Shows the status anew whenever something changes; ends with the connection or Ctrl-C. */
function watch(session: Session) {
  const { output } = session
  return withDaemon(session, async client => {
    const refresh = async () => {
      const status = granted(await client.request('daemon.status', {}))
      if (!output.json && output.isTerminal) output.write('\x1b[H\x1b[2J')
      show(status, output)
    }
    let pending: NodeJS.Timeout | undefined
    client.onEvent(() => {
      pending ??= setTimeout(() => {
        pending = undefined
        void refresh().catch(() => client.close())
      }, 250)
    })
    granted(await client.request('events.subscribe', {}))
    await refresh()
    await client.closed()
    clearTimeout(pending)
    return 'done' as const
  })
}

function linesOf(status: Status): string[] {
  const { version, pid, memory_bytes: memory, uptime_ms: uptime, connections } = status
  const lines = [
    `daemon    ${version}, process ${pid}, up ${span(uptime)}, ${byteSize(memory)}, ${connections} clients`,
    `mail      ${status.messages} messages, ${status.unread} unread`,
  ]
  if (status.snoozed > 0) {
    const next = status.next_wake_at === null ? '' : `, the next ${longDate(Date.parse(status.next_wake_at))}`
    lines.push(`snoozed   ${status.snoozed}${next}`)
  }
  for (const account of status.accounts) lines.push(`account   ${accountLine(account)}`)
  return lines
}

function accountLine({ name, state, detail, synced_at: at, progress, pending, failed }: Status['accounts'][number]) {
  const facts = [
    state,
    ...(progress === null
      ? []
      : [progress.total === null ? `${progress.done}` : `${progress.done} of ${progress.total}`]),
    ...(at === null ? [] : [`synced ${longDate(Date.parse(at))}`]),
    ...(pending === 0 ? [] : [`${pending} to be delivered`]),
    ...(failed === 0 ? [] : [`${failed} refused: postern outbox list`]),
    ...(detail === null ? [] : [printableLine(detail)]),
  ]
  return `${printableLine(name)}  ${facts.join(', ')}`
}

function span(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`
  if (minutes < 120) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`
}
