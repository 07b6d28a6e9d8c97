import { basename, dirname, isAbsolute } from 'node:path'
import { checkPrivateDirectory } from '#base/private-directory.ts'
import { sessionVariable } from '#harness/environment.ts'
import { isDirectory, sessionId, sessionsDirectory } from '#harness/session.ts'
import type { Session } from '../../session.ts'

/**
 * The directory of the session that this process is in. Only one that lies where sessions lie counts: a variable is
 * easily left over, and could name any place.
 */
export function sessionOf({ env, paths }: Session): string | undefined {
  const directory = env[sessionVariable]
  if (directory === undefined || !isAbsolute(directory) || !sessionId.test(basename(directory))) return undefined
  if (!sessionsRoots(paths.dataDir).includes(dirname(directory)) || !isDirectory(directory)) return undefined
  checkPrivateDirectory(directory, paths.homeDir)
  return directory
}

/** Within the demo the guide says so; a note finds its session without it. */
function sessionsRoots(dataDir: string): readonly string[] {
  return [sessionsDirectory(dataDir), sessionsDirectory(`${dataDir}-demo`)]
}
