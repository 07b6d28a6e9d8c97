import { existsSync, lstatSync, rmSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { Failure } from '#base/failure.ts'
import { demoInstance, type Paths } from '#base/paths.ts'
import { checkPrivateDirectory, ensurePrivateDirectory } from '#base/private-directory.ts'
import { writePrivateFile } from '#base/private-file.ts'

/**
 * Where the demo lives, and how it is deleted. Nothing is deleted on the strength of a path alone: the data directory
 * must bear the mark that only `postern demo` writes, and each directory must be named as the demo's, be no link, and
 * belong to this user alone.
 */
const markName = 'this-is-the-demo'
const markText = 'Postern made this directory for its demo. `postern demo --remove` deletes it.\n'

/**
 * Before anything is filled in. Mail that is there without a mark is somebody's, and is not taken over.
 *
 * @param isOurs whether a store that is there holds nothing but the demo's
 */
export function markAsDemo({ dataDir, homeDir }: Paths, isOurs: () => boolean): void {
  ensurePrivateDirectory(dataDir, homeDir)
  const mark = join(dataDir, markName)
  if (existsSync(mark)) return
  if (existsSync(join(dataDir, 'mail.db')) && !isOurs()) throw notTheDemo(dataDir, 'it holds mail and has no mark')
  writePrivateFile(mark, markText)
}

/** Deletes the demo's directories; answers with those that were there. */
export function removeDemo(paths: Paths): string[] {
  const { dataDir, configDir, logDir, runtimeDir, homeDir } = paths
  const there = [...new Set([runtimeDir, logDir, configDir, dataDir])].filter(existsSync)
  if (there.length === 0) return []
  if (!existsSync(join(dataDir, markName))) throw notTheDemo(dataDir, 'it has no mark')
  // All are looked at before the first is touched, and the marked one goes last: a second attempt finds the mark.
  for (const directory of there) {
    checkIsDemos(directory, paths)
    checkPrivateDirectory(directory, homeDir)
  }
  for (const directory of there) rmSync(directory, { recursive: true, force: true })
  return there
}

function checkIsDemos(directory: string, { dataDir, instance }: Paths): void {
  if (instance !== demoInstance) throw notTheDemo(directory, 'another instance was asked for')
  if (lstatSync(directory).isSymbolicLink()) throw notTheDemo(directory, 'it is a link')
  const below = relative(dataDir, directory)
  const isInside = below !== '' && !below.startsWith('..') && !below.includes(`..${sep}`)
  if (basename(directory) !== demoInstance && !isInside) throw notTheDemo(directory, `it is not named ${demoInstance}`)
}

function notTheDemo(directory: string, why: string): Failure {
  return new Failure('refused', 'not_the_demo', `refusing to touch ${directory}: ${why}`, { data: { directory } })
}
