import { defaults } from './defaults.ts'
import { readConfigFile } from './read.ts'
import type { Config } from './schema.ts'

/** As `loadConfig`, but the schema is loaded only where there is a file. */
export async function loadSettings(file: string): Promise<Config> {
  const text = readConfigFile(file)
  if (text === undefined) return defaults
  const { configOf } = await import('./load.ts')
  return configOf(text, file)
}
