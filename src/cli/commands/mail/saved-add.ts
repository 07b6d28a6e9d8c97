import { parse } from '#mail/search/index.ts'
import type { Run } from '../../command.ts'
import { changeSaved } from './change-saved.ts'
import { searchFailure, sortOf } from './search-options.ts'

export const run: Run = async ({ positionals: [name = '', ...words], options }, session) => {
  const query = words.join(' ')
  const { warnings } = parse(query)
  const [error] = warnings.filter(({ severity }) => severity === 'error')
  // A search that can never run is refused now, not on the day when it is needed.
  if (error !== undefined)
    throw searchFailure({ code: 'query_invalid', message: error.message, diagnostics: warnings }, query)
  const sort = sortOf(options.value('sort')) ?? 'newest'
  const account = options.value('account') ?? null
  const replace = options.flag('replace')
  await changeSaved(
    session,
    client => client.request('saved.save', { name, query, sort, account, replace }),
    writer => writer.saveSearch({ name, query, sort, account }, replace ? 'replace' : 'add'),
  )
  session.output.talk(`saved; run it with: postern search --saved ${/^[\w-]+$/.test(name) ? name : `'${name}'`}`)
  return 'done'
}
