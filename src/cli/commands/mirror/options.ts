import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Exit, Failure } from '#base/failure.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import type { MirrorError, MirrorOptions } from '#harness/mirror/mirror.ts'
import type { Relation } from '#harness/mirror/relation.ts'
import { type RemoteRefusal, readRemote } from '#harness/mirror/remote.ts'
import { sealKeysOf } from '#memory/seal-key.ts'
import type { Options } from '../../command.ts'
import type { Session } from '../../session.ts'
import { logPathOf } from '../memory/open-log.ts'

/** The log's directory, made when it is missing: a new machine has a remote before it has a memory. */
export function placeOf(options: Options, session: Session): string {
  const log = logPathOf(options, session)
  if (options.value('log') === undefined) ensurePrivateDirectory(session.paths.dataDir, session.paths.homeDir)
  mkdirSync(dirname(log), { recursive: true, mode: 0o700 })
  return log
}

export function mirrorOptions(options: Options, session: Session): MirrorOptions {
  const log = placeOf(options, session)
  const remote = readRemote(dirname(log))
  if (!remote.ok) throw remoteFailure(remote.error)
  if (remote.value === undefined) {
    throw new Failure('not_found', 'remote_missing', 'this memory has no remote', {
      next: 'postern memory remote add URL',
    })
  }
  return { log, remote: remote.value, env: session.env, keys: sealKeysOf(log), now: session.clock.now() }
}

export function remoteFailure({ code, message }: RemoteRefusal): Failure {
  return new Failure('usage', code, message, { next: 'postern memory remote add --help' })
}

const answers: Readonly<Record<MirrorError['code'], readonly [Exit, string | undefined]>> = {
  git_missing: ['failed', 'install Git, as with apt-get install git'],
  git_failed: ['failed', 'postern memory remote status'],
  git_timed_out: ['try_later', 'postern memory remote status'],
  remote_moved: ['try_later', 'postern memory remote status'],
  mirror_invalid: ['integrity', undefined],
  log_unsound: ['integrity', 'postern memory verify'],
  log_unreadable: ['integrity', 'postern memory verify'],
  mirror_unsound: ['integrity', 'postern memory remote status'],
  diverged: ['refused', 'postern memory remote reconcile'],
  remote_ahead: ['refused', 'postern memory remote pull'],
  nothing_there: ['not_found', 'postern memory remote status'],
  log_locked: ['try_later', 'postern memory status'],
}

export function mirrorFailure({ code, message }: MirrorError): Failure {
  const [exit, next] = answers[code]
  return new Failure(exit, code, message, next === undefined ? {} : { next })
}

export const relationWords: Readonly<Record<Relation, readonly [string, string | undefined]>> = {
  none: ['there is no memory, here or there', undefined],
  local_only: ['there is no copy yet', 'postern memory remote push'],
  remote_only: ['there is a copy and nothing here', 'postern memory remote pull'],
  synced: ['the same', undefined],
  local_ahead: ['there is more here', 'postern memory remote push'],
  remote_ahead: ['there is more in the copy', 'postern memory remote pull'],
  diverged: ['two histories that grew apart', 'postern memory remote reconcile'],
}
