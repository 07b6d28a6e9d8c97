import { type Exit, Failure } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import { parseWhen } from '#base/when.ts'
import type { DaemonClient } from '#daemon/client/index.ts'
import type { ResultOf } from '#daemon/requests/index.ts'
import { formatDraftId } from '#mail/compose/index.ts'
import { asking } from '../../ask.ts'
import type { Options } from '../../command.ts'
import type { Session } from '../../session.ts'
import { granted } from '../../with-daemon.ts'
import { localTime } from './local-time.ts'

type Prepared = ResultOf<'send.prepare'>
type Sent = ResultOf<'send.queue'>

/** Freezes a draft, shows it, and sends it once the person has agreed to exactly that. */
export async function sendDraft(
  session: Session,
  client: DaemonClient,
  { id, options }: { readonly id: number; readonly options: Options },
): Promise<Exit> {
  const { output } = session
  const prepared = granted(await client.request('send.prepare', { draft_id: id, ...timing(session, options) }))
  const despite = options.values('despite')
  const blocking = prepared.issues.filter(({ level, kind }) => level === 'block' && !despite.includes(kind))
  if (options.flag('dry-run')) {
    if (output.json) output.data(prepared)
    else output.write(`${shown(prepared).join('\n')}\n`)
    return blocking.length === 0 ? 'done' : 'refused'
  }
  for (const line of shown(prepared)) output.talk(line)
  const [first] = blocking
  if (first !== undefined) {
    const names = blocking.map(({ kind }) => `--despite ${kind}`).join(' ')
    throw new Failure('refused', first.kind, `not sent: ${first.message}`, {
      next: `postern send ${formatDraftId(id)} ${names}`,
      data: { issues: prepared.issues },
    })
  }
  if (!options.flag('yes') && !asking(session).yes('Send it?', { option: '--yes', standard: false })) {
    throw new Failure('failed', 'cancelled', 'not sent; the draft is kept')
  }
  const decision = { send_id: prepared.send_id, digest: prepared.digest, despite: [...despite] }
  const queued = granted(await client.request('send.queue', decision))
  if (options.flag('wait')) return finished(session, await waited(session, client, decision))
  if (output.json) output.data(queued)
  else output.write(`${formatDraftId(id)} leaves ${localTime(queued.leaves_at ?? prepared.leaves_at)}\n`)
  output.talk(`take it back: postern draft unsend ${formatDraftId(id)}`)
  return 'done'
}

function timing({ clock }: Session, options: Options) {
  const zone = Temporal.Now.timeZoneId()
  const at = options.value('at')
  const delay = options.value('delay')
  if (at !== undefined && delay !== undefined)
    throw new Failure('usage', 'time_twice', 'give --at or --delay, not both')
  if (delay !== undefined) {
    if (!/^\d{1,4}$/.test(delay) || Number(delay) > 3600)
      throw new Failure('usage', 'delay_invalid', '--delay takes 0 to 3600 seconds')
    return { zone, delay_s: Number(delay) }
  }
  if (at === undefined) return { zone }
  const parsed = parseWhen(at, { now: clock.now(), timeZone: zone })
  if (!parsed.ok) throw new Failure('usage', 'time_invalid', `--at: ${parsed.error}`)
  return { zone, at: new Date(parsed.value).toISOString() }
}

function shown(prepared: Prepared): string[] {
  const files = prepared.files.map(({ name, size }) => `${printableLine(name)} (${bytes(size)})`)
  return [
    `From:     ${prepared.from}`,
    `To:       ${prepared.recipients.join(', ')}`,
    `Subject:  ${printableLine(prepared.subject)}`,
    ...(files.length > 0 ? [`Files:    ${files.join(', ')}`] : []),
    `Leaves:   ${localTime(prepared.leaves_at)}, ${bytes(prepared.size)}, ${prepared.has_html ? 'text and HTML' : 'text'}`,
    ...prepared.issues.map(
      ({ level, kind, message }) => `${level === 'block' ? 'HELD' : 'note'}:     ${printableLine(message)} (${kind})`,
    ),
  ]
}

function bytes(size: number): string {
  return size < 1000 ? `${size} bytes` : size < 1e6 ? `${Math.round(size / 1000)} kB` : `${(size / 1e6).toFixed(1)} MB`
}

const over = new Set(['sent', 'failed', 'unknown', 'held', 'cancelled'])

/** The same decision said again tells how far it has come. */
async function waited(session: Session, client: DaemonClient, decision: Parameters<typeof ask>[1]): Promise<Sent> {
  let isNews = true
  let wake = () => {}
  client.onEvent(() => {
    isNews = true
    wake()
  })
  granted(await client.request('events.subscribe', { kinds: ['send.changed', 'events.lagged'] }))
  for (;;) {
    isNews = false
    const sent = granted(await ask(client, decision))
    session.output.progress(
      sent.state === 'waiting' && sent.attempts > 0 ? `trying again: ${sent.detail ?? ''}` : `${sent.state} …`,
    )
    const isStuck = sent.state === 'waiting' && (sent.code === 'auth' || sent.code === 'auth_unsupported')
    if (over.has(sent.state) || isStuck) {
      session.output.progress('')
      return sent
    }
    if (isNews) continue
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>(resolve => {
      wake = resolve
      timer = setTimeout(resolve, pollMs)
    })
    clearTimeout(timer)
  }
}

const pollMs = 5_000

function ask(client: DaemonClient, decision: { send_id: number; digest: string; despite: string[] }) {
  return client.request('send.queue', decision)
}

function finished({ output }: Session, sent: Sent): Exit {
  if (output.json) output.data(sent)
  const name = formatDraftId(sent.draft_id)
  for (const { address, state, detail } of sent.recipients) {
    if (state !== 'taken' && state !== 'pending')
      output.talk(`${address}: ${state}${detail === null ? '' : `: ${printableLine(detail)}`}`)
  }
  if (sent.state === 'sent') {
    if (!output.json) output.write(`sent <${sent.message_id}>\n`)
    return 'done'
  }
  const detail = sent.detail === null ? '' : `: ${printableLine(sent.detail)}`
  switch (sent.state) {
    case 'unknown':
      throw new Failure('failed', 'send_unknown', `nobody knows whether it was sent${detail}`, {
        next: `look in your sent mail or ask, then: postern draft settle ${name} --outcome sent (or again)`,
      })
    case 'held':
      throw new Failure('held', 'send_held', `it was held${detail}`, {
        next: `postern draft settle ${name} --outcome again`,
      })
    case 'waiting':
      throw new Failure('try_later', 'auth_needed', `it waits${detail}`, {
        next: `postern account edit ${sent.account} --password`,
      })
    case 'cancelled':
      throw new Failure('failed', 'cancelled', 'it was taken back; the draft is kept')
    default:
      throw new Failure('failed', 'send_failed', `it was not sent${detail}`, { next: `postern draft edit ${name}` })
  }
}
