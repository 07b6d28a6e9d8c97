import { existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '#base/failure.ts'
import { remoteFileOf } from '#harness/mirror/remote.ts'
import type { Run } from '../../command.ts'
import { logPathOf } from '../memory/open-log.ts'

export const run: Run = async ({ options }, session) => {
  const directory = dirname(logPathOf(options, session))
  const file = remoteFileOf(directory)
  if (!existsSync(file)) {
    throw new Failure('not_found', 'remote_missing', 'this memory has no remote', {
      next: 'postern memory remote add URL',
    })
  }
  rmSync(file)
  rmSync(join(directory, 'mirror.git'), { recursive: true, force: true })
  if (session.output.json) session.output.data({ removed: true })
  else session.output.write('the remote is forgotten; the copy in it stays\n')
  return 'done'
}
