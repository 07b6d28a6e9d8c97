import { instant } from '#base/instant.ts'
import { printableLine } from '#base/printable.ts'
import { trusted } from '#harness/trust/trusted.ts'
import type { Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { settingsAround } from './repository.ts'

/** What is trusted, and whether it still is what was trusted. */
export const run: Run = async (_invocation, session) => {
  const items = trusted(session.paths).map(({ root, digest, trustedAt }) => ({
    root,
    digest,
    trusted_at: instant(trustedAt),
    state: stateOf(root, digest, session),
  }))
  const { output } = session
  if (output.json) output.data({ items })
  else
    for (const { root, digest, state } of items)
      output.write(`${digest.slice(0, 16)}  ${state}  ${printableLine(root)}\n`)
  if (items.length === 0) output.talk('no repository is trusted')
  return 'done'
}

function stateOf(root: string, digest: string, session: Session): 'as trusted' | 'changed' | 'gone' {
  const settings = settingsAround(root, session)
  if (settings === undefined || settings.root !== root) return 'gone'
  return settings.digest === digest ? 'as trusted' : 'changed'
}
