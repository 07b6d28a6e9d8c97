import type { Exit } from '#base/failure.ts'
import type { ResultOf } from '#daemon/requests/index.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'

const pageEntries = 1_000

/** Read from the newest page to the oldest, written the other way round, as the chain runs. */
export const run: Run = (_invocation, session) =>
  withDaemon<Exit>(session, async client => {
    const pages: ResultOf<'activity.list'>['items'][] = []
    let before: number | undefined
    for (;;) {
      const filter = before === undefined ? {} : { before }
      const page = granted(await client.request('activity.list', { limit: pageEntries, ...filter }))
      pages.push(page.items)
      if (page.items.length < pageEntries || page.next_before === null) break
      before = page.next_before
    }
    for (const page of pages.reverse()) for (const entry of page.reverse()) session.output.data(entry)
    return 'done'
  })
