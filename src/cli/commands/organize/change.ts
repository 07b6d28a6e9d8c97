import { randomUUID } from 'node:crypto'
import { type Exit, Failure } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import type { DaemonClient } from '#daemon/client/index.ts'
import type { ParamsGiven, ResultOf } from '#daemon/requests/index.ts'
import type { Options, Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { idsFrom } from '../mail/ids.ts'
import { numberOption } from '../mail/search-options.ts'
import { shortDate, whoIs } from '../mail/words.ts'
import { type Asked, changesOf } from './changes.ts'
import { type Decided, exitOf, tellDecided } from './tell.ts'

type Selection = ParamsGiven<'mail.change'>['selection']
type Plan = ResultOf<'plan.create'>

const messagesMax = 100_000

/** Archive, trash, label and the like: one message by its id, or many after a look at them. */
export const run: Run = async (invocation, session) => {
  const { options } = invocation
  const asked = changesOf(invocation, session)
  const selection = selectionOf(asked.ids, options, session)
  if (selection.by === 'ids' && selection.ids.length === 0) {
    if (options.flag('allow-empty')) return 'done'
    throw nothingMatches()
  }
  return withDaemon(session, async client => {
    if (options.flag('dry-run')) return dryRun(client, { asked, selection }, session)
    const isOne = selection.by === 'ids' && selection.ids.length === 1 && asked.isGrave !== true
    if (isOne || options.flag('yes')) {
      const params = { changes: [...asked.changes], selection, client_key: randomUUID() }
      return finish(granted(await client.request('mail.change', params)), { asked, options }, session)
    }
    const decided = await askThenApply(client, { asked, selection }, session)
    return decided === undefined ? 'done' : finish(decided, { asked, options }, session)
  })
}

function finish(decided: Decided, { asked, options }: { asked: Asked; options: Options }, { output }: Session): Exit {
  if (decided.requested === 0 && !options.flag('allow-empty')) throw nothingMatches()
  tellDecided(decided, asked.past, output)
  return exitOf(decided)
}

function selectionOf(ids: readonly string[], options: Options, session: Session): Selection {
  const query = options.value('search')
  const accounts = options.values('account')
  if (query === undefined) {
    if (accounts.length > 0 || options.value('max') !== undefined) {
      throw new Failure('usage', 'search_missing', '--account and --max go with --search')
    }
    return { by: 'ids', ids: idsFrom(ids, session).map(id => id.toLowerCase()) }
  }
  if (ids.length > 0) throw new Failure('usage', 'selection_contradiction', 'give ids or --search, not both')
  return {
    by: 'query',
    query,
    zone: Temporal.Now.timeZoneId(),
    ...(accounts.length === 0 ? {} : { accounts: [...accounts] }),
    ...(options.value('max') === undefined ? {} : { max: numberOption(options, 'max', messagesMax, messagesMax) }),
  }
}

interface Wanted {
  readonly asked: Asked
  readonly selection: Selection
}

async function dryRun(client: DaemonClient, { asked, selection }: Wanted, session: Session): Promise<Exit> {
  const { output } = session
  const plan = granted(await client.request('plan.create', { changes: [...asked.changes], selection }))
  if (plan.total === 0) throw nothingMatches()
  if (output.json) output.data(plan)
  else {
    output.write(`${previewOf(plan, session)}${countsOf(plan)}\n`)
    output.talk(`to do exactly this within ten minutes: postern apply ${plan.plan_id}`)
  }
  return 'done'
}

/** What a person said yes to is what is done: the same plan, whatever arrives meanwhile. */
async function askThenApply(
  client: DaemonClient,
  { asked, selection }: Wanted,
  session: Session,
): Promise<Decided | undefined> {
  const { input, output } = session
  if (!input.isTerminal) {
    throw new Failure('usage', 'confirmation_missing', 'this changes more than one message, and nobody can be asked', {
      next: 'add --yes, or --dry-run to see what it would do',
    })
  }
  const plan = granted(await client.request('plan.create', { changes: [...asked.changes], selection }))
  if (plan.total === 0) throw nothingMatches()
  output.complain(`${previewOf(plan, session)}${countsOf(plan)}`)
  output.complain(`${asked.question} ${plan.changed} messages? [y/N]`)
  if (!/^y(es)?$/i.test(input.readLine()?.trim() ?? '')) {
    output.talk('nothing was changed')
    return undefined
  }
  return granted(await client.request('plan.apply', { plan_id: plan.plan_id }))
}

function previewOf({ sample, total }: Plan, { clock }: Session): string {
  const lines = sample.map(({ id, date, from, subject }) => {
    const who = from === null ? '' : whoIs(from)
    return `  ${id}  ${shortDate(Date.parse(date), clock.now())}  ${printableLine(who)}  ${printableLine(subject)}`
  })
  const more = total - sample.length
  return [...lines, ...(more > 0 ? [`  … and ${more} more`] : [])].map(line => `${line}\n`).join('')
}

function countsOf({ changed, unchanged, refused_total: refusedTotal, refused }: Plan): string {
  const reasons = new Set(refused.map(({ message }) => message))
  return [
    `would change ${changed}`,
    ...(unchanged > 0 ? [`${unchanged} are so already`] : []),
    ...(refusedTotal > 0 ? [`${refusedTotal} cannot: ${printableLine([...reasons].slice(0, 3).join('; '))}`] : []),
  ].join(', ')
}

function nothingMatches(): Failure {
  return new Failure('not_found', 'nothing_matches', 'nothing matches', { next: 'postern search QUERY' })
}
