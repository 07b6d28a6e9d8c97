import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { checkPrivateDirectory } from '#base/private-directory.ts'
import type { Check, Finding } from '../check.ts'
import { refusalOf } from '../check.ts'

const bitsOfOthers = 0o077
const filesLookedAtMax = 10_000

/** Directories and files that others could enter, read or replace. */
export const directories: Check = {
  name: 'directories',
  sound: 'directories and files are yours alone',
  run: ({ session: { paths } }) => {
    const places = [...new Set([paths.configDir, paths.dataDir, paths.logDir, paths.runtimeDir])].filter(existsSync)
    const open = places.flatMap(place => refusalOf(() => checkPrivateDirectory(place, paths.homeDir)) ?? [])
    const files = places.includes(paths.dataDir) ? openFiles(paths.dataDir) : []
    return [...open, ...files]
  },
}

/** SQLite and we make files 0600; one that is not was copied or changed by somebody. */
function openFiles(directory: string): Finding[] {
  if (process.platform === 'win32') return []
  return readdirSync(directory)
    .slice(0, filesLookedAtMax)
    .map(name => join(directory, name))
    .filter(path => {
      const entry = statSync(path, { throwIfNoEntry: false })
      return entry?.isFile() === true && (entry.mode & bitsOfOthers) !== 0
    })
    .map(path => ({
      code: 'file_not_private',
      message: `${path} can be read by others`,
      severity: 'problem',
      next: `chmod 600 '${path.replaceAll("'", `'\\''`)}'`,
    }))
}
