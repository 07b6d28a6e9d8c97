import { Failure } from '#base/failure.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import { withFileLock, writePrivateFile } from '#base/private-file.ts'
import type { Result } from '#base/result.ts'
import type { EditRefusal } from './edit.ts'
import { readConfigFile } from './read.ts'

const lockWaitMs = 5_000

/**
 * Changes the settings file: under a lock, all or nothing, 0600, the text before it kept once as `config.toml.bak`.
 * @throws Failure what `change` refuses, or what the file system does
 */
export function changeConfigFile(
  {
    configDir,
    configFile,
    homeDir,
  }: { readonly configDir: string; readonly configFile: string; readonly homeDir: string },
  change: (text: string) => Result<string, EditRefusal>,
): void {
  ensurePrivateDirectory(configDir, homeDir)
  withFileLock(configFile, lockWaitMs, () => {
    const changed = change(readConfigFile(configFile) ?? '')
    if (!changed.ok) {
      const exit = changed.error.code === 'account_unknown' ? 'not_found' : 'usage'
      const next = changed.error.code === 'account_unknown' ? 'postern account list' : 'postern config check'
      throw new Failure(exit, changed.error.code, changed.error.message, { next })
    }
    writePrivateFile(configFile, changed.value, { backup: `${configFile}.bak` })
  })
}
