import { resolve } from 'node:path'
import { type Exit, Failure } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import type { RepositorySettings } from '#harness/trust/repository.ts'
import { addTrust } from '#harness/trust/trusted.ts'
import type { Run } from '../../command.ts'
import { askUnshown } from '../../controlling-terminal.ts'
import type { Session } from '../../session.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { passphraseFor } from '../gate/person.ts'
import { settingsAround } from './repository.ts'

/** A person's word for what a repository asks for: shown whole, asked at the terminal, and given to these bytes alone. */
export const run: Run = async ({ positionals: [path = '.'] }, session) => {
  const { output, paths, clock, workingDirectory } = session
  const settings = settingsAround(resolve(workingDirectory, path), session)
  if (settings === undefined) {
    throw new Failure(
      'not_found',
      'repository_settings_missing',
      `no .postern/config.toml in a repository at ${path}`,
      {
        next: 'postern trust list',
      },
    )
  }
  show(settings, session)
  if (settings.wants.length === 0) {
    output.talk('it asks for nothing that needs your trust')
    return 'done'
  }
  await confirmed(session)
  const { root, digest } = settings
  addTrust(paths, { root, digest, trustedAt: clock.now() })
  if (output.json) output.data({ root, digest })
  else output.write(`trusted: ${printableLine(root)} ${digest.slice(0, 16)}\n`)
  return 'done'
}

function show({ file, digest, wants, ignored }: RepositorySettings, { output }: Session): void {
  output.complain(`${printableLine(file)}\nsha256 ${digest}`)
  for (const want of wants) output.complain(`  - ${printableLine(want)}`)
  for (const why of ignored) output.complain(`  ignored: ${printableLine(why)}`)
}

/** Whoever knows the passphrase, where one is set; else whoever sits at the terminal. */
async function confirmed(session: Session): Promise<void> {
  await withDaemon<Exit>(session, async client => {
    const { passphrase } = await passphraseFor(client, 'trust it')
    if (passphrase !== undefined) {
      granted(await client.request('passphrase.check', { passphrase }))
      return 'done'
    }
    const answer = await askUnshown('trust it? yes or no: ')
    if (answer.trim().toLowerCase() === 'yes') return 'done'
    throw new Failure('failed', 'cancelled', 'cancelled; nothing was changed')
  })
}
