import { closeSync, constants, fstatSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from './clock.ts'
import { ensurePrivateDirectory, openPrivateFile } from './private-directory.ts'

/**
 * What the program did, one JSON object a line: `{"at":"…","level":"info","event":"sync.done","account":"a1",…}`.
 *
 * Fields are identifiers, counts and durations. Text from mail or memory, secrets and addresses of correspondents have
 * no place here; the type admits short scalars only, and long strings are cut, so that content cannot slip in whole.
 */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  close(): void
}

export type LogFields = Readonly<Record<string, string | number | boolean | null>>
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface LogOptions {
  readonly directory: string
  readonly homeDir: string
  readonly level: LogLevel
  readonly fileBytesMax: number
  /** The current file included. */
  readonly filesMax: number
  readonly clock: Clock
}

const severity = { debug: 0, info: 1, warn: 2, error: 3 } as const
const valueCharactersMax = 200
const fileName = 'postern.log'

/** Opens the log, creating its directory (0700) and file (0600). Several processes may append at once. */
export function openLog(options: LogOptions): Log {
  ensurePrivateDirectory(options.directory, options.homeDir)
  const file = join(options.directory, fileName)
  let descriptor = openForAppend(file)

  const write = (level: LogLevel, event: string, fields: LogFields = {}) => {
    if (severity[level] < severity[options.level]) return
    const at = new Date(options.clock.now()).toISOString()
    const line = `${JSON.stringify({ at, level, event, ...shortened(fields) })}\n`
    if (fstatSync(descriptor).size + line.length > options.fileBytesMax) {
      // Another process may have rotated since: then the full file is the old one, and only has to be let go.
      if (statSync(file, { throwIfNoEntry: false })?.ino === fstatSync(descriptor).ino) rotate(file, options.filesMax)
      closeSync(descriptor)
      descriptor = openForAppend(file)
    }
    writeSync(descriptor, line) // one write of one line with O_APPEND: lines of several processes never mix
  }

  return {
    debug: (event, fields) => write('debug', event, fields),
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
    close: () => closeSync(descriptor),
  }
}

function openForAppend(file: string): number {
  return openPrivateFile(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT)
}

/** `postern.log` becomes `postern.1.log` and so on; the oldest goes. */
function rotate(file: string, filesMax: number): void {
  const numbered = (index: number) => (index === 0 ? file : file.replace(/\.log$/, `.${index}.log`))
  rmSync(numbered(filesMax - 1), { force: true })
  for (let index = filesMax - 2; index >= 0; index--) {
    try {
      renameSync(numbered(index), numbered(index + 1))
    } catch (error) {
      const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!gone) throw error // another process rotated first: then there is nothing left to move
    }
  }
}

function shortened(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' && value.length > valueCharactersMax ? `${value.slice(0, valueCharactersMax)}…` : value,
    ]),
  )
}
