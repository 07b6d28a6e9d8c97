import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import { revokeTrust } from '#harness/trust/trusted.ts'
import type { Run } from '../../command.ts'
import { settingsAround } from './repository.ts'

export const run: Run = async ({ positionals: [path = '.'] }, session) => {
  const { output, paths, workingDirectory } = session
  const given = resolve(workingDirectory, path)
  const directory = existsSync(given) ? realpathSync(given) : given
  const root = (existsSync(given) ? settingsAround(directory, session)?.root : undefined) ?? directory
  if (!revokeTrust(paths, root)) {
    throw new Failure('not_found', 'not_trusted', `${root} is not trusted`, { next: 'postern trust list' })
  }
  if (output.json) output.data({ root })
  else output.write(`no longer trusted: ${printableLine(root)}\n`)
  return 'done'
}
