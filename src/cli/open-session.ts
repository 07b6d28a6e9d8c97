import type { Log } from '#base/log.ts'
import type { Config } from '#config/index.ts'
import { loadSettings } from '#config/settings.ts'
import type { Session } from './session.ts'

/** Settings and log are opened when a command first asks for them, once; so is the code that opens them. */
export function openSession(world: Omit<Session, 'config' | 'log'>): Session {
  let config: Promise<Config> | undefined
  let log: Promise<Log> | undefined
  return {
    ...world,
    config: () => {
      config ??= loadSettings(world.paths.configFile)
      return config
    },
    async log() {
      log ??= openLogFor(world, await this.config())
      return log
    },
  }
}

async function openLogFor({ paths, clock }: Pick<Session, 'paths' | 'clock'>, { log }: Config): Promise<Log> {
  const { openLog } = await import('#base/log.ts')
  return openLog({
    directory: paths.logDir,
    homeDir: paths.homeDir,
    level: log.level,
    fileBytesMax: log.file_bytes_max,
    filesMax: log.files_max,
    clock,
  })
}
