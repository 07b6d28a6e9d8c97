import { Failure } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import type { ResultOf } from '#daemon/requests/index.ts'
import type { Run } from '../../command.ts'
import type { Output } from '../../session.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { longDate } from '../mail/words.ts'

type Synced = ResultOf<'sync.start'>['accounts'][number]
type Mailboxes = ResultOf<'sync.status'>

export const run: Run = async ({ options }, session) => {
  const { output } = session
  const names = options.values('account')
  const config = await session.config()
  for (const name of names) {
    if (!config.accounts.some(account => account.name === name)) {
      throw new Failure('not_found', 'account_unknown', `there is no account "${name}"`, {
        next: 'postern account list',
      })
    }
  }
  const which = names.length === 0 ? {} : { accounts: [...names] }
  return withDaemon(session, async client => {
    if (options.flag('mailboxes')) {
      showMailboxes(granted(await client.request('sync.status', which)), output)
      return 'done'
    }
    const wait = options.flag('wait')
    if (wait && !output.json) {
      client.onEvent(({ event, data }) => {
        if (event === 'sync.progress') output.progress(progressLine(data))
      })
      granted(await client.request('events.subscribe', { kinds: ['sync.progress'], ...which }))
    }
    const { accounts } = granted(await client.request('sync.start', { ...which, wait }))
    output.progress('')
    if (accounts.length === 0) {
      throw new Failure('not_found', 'account_none', 'there is no account that fetches mail', {
        next: 'postern account add',
      })
    }
    if (output.json) output.data({ accounts })
    else for (const account of accounts) say(account, output)
    return accounts.some(({ outcome }) => outcome === 'failed') ? 'failed' : 'done'
  })
}

function say({ name, outcome, arrived, changed, removed, detail, next }: Synced, output: Output): void {
  const account = printableLine(name)
  if (outcome === 'started') output.talk(`${account}  looking for mail`)
  else if (outcome === 'done') {
    output.write(`${account}  ${arrived} new, ${changed} changed, ${removed} removed\n`)
    if (detail !== null) output.complain(`${account}  not read: ${printableLine(detail)}`)
  } else {
    output.complain(`${account}  ${printableLine(detail ?? 'it failed')}`)
    if (next !== null) output.complain(`      next: ${next}`)
  }
}

function progressLine(data: unknown): string {
  const number = (name: string): unknown =>
    typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined
  const total = number('total')
  return `${number('done')}${typeof total === 'number' ? ` of ${total}` : ''} messages`
}

function showMailboxes({ accounts }: Mailboxes, output: Output): void {
  if (output.json) {
    output.data({ accounts })
    return
  }
  for (const { name, state, detail, progress, mailboxes } of accounts) {
    const eta = progress?.eta_ms == null ? '' : `, ${Math.ceil(progress.eta_ms / 60_000)} min to go`
    const how = progress === null ? '' : `  ${progress.done} of ${progress.total}${eta}`
    output.write(`${printableLine(name)}  ${state}${how}${detail === null ? '' : `  ${printableLine(detail)}`}\n`)
    for (const mailbox of mailboxes) {
      const facts = [
        ...(mailbox.remaining > 0 ? [`${mailbox.remaining} to come`] : []),
        ...(mailbox.skipped > 0 ? [`${mailbox.skipped} skipped`] : []),
        ...(mailbox.synced_at === null ? ['not yet'] : [longDate(Date.parse(mailbox.synced_at))]),
        ...(mailbox.failure === null ? [] : [printableLine(mailbox.failure)]),
      ]
      output.write(`  ${printableLine(mailbox.name)}  ${facts.join(', ')}\n`)
    }
  }
}
