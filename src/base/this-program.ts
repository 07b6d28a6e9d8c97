import { isPackaged } from './assets.ts'

/** The words that start this program once more: from source a file that Node runs, else the executable itself. */
export function thisProgram(): readonly [string, ...string[]] {
  if (isPackaged()) return [process.execPath]
  const [, main] = process.argv
  if (main === undefined) throw new Error('what is this program?')
  return [process.execPath, ...process.execArgv, main]
}
