import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import type { AgentProgram } from '#config/index.ts'

/** What is started: an absolute path and its arguments. */
export interface Program {
  readonly file: string
  readonly args: readonly string[]
}

export type ProgramError = {
  readonly code: 'program_missing' | 'program_not_executable' | 'argument_not_utf8'
  readonly message: string
}

export interface ProgramWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  readonly placeholders: Readonly<Record<string, string>>
}

/**
 * The program behind AGENT. A name is looked for in the settings, then on the PATH; a word with a slash is a path, as
 * in a shell. Entries of the PATH that are relative are passed over: a repository could lay a program into them.
 */
export function programOf(
  typed: string,
  args: readonly string[],
  configured: AgentProgram | undefined,
  world: ProgramWorld,
): Result<Program, ProgramError> {
  const broken = args.find(word => word.includes('\ufffd'))
  if (broken !== undefined) {
    return err({ code: 'argument_not_utf8', message: 'an argument is not UTF-8, and would not arrive as it was given' })
  }
  const [word = typed, ...first] = configured?.command ?? [typed]
  const found = fileOf(word, world)
  if (!found.ok) return found
  const own = first.map(text =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) =>
      Object.hasOwn(world.placeholders, name) ? (world.placeholders[name] ?? whole) : whole,
    ),
  )
  return ok({ file: found.value, args: [...own, ...args] })
}

function fileOf(word: string, { env, workingDirectory }: ProgramWorld): Result<string, ProgramError> {
  if (word.includes('/') || word.includes('\\') || isAbsolute(word)) {
    const path = resolve(workingDirectory, word)
    if (isProgram(path)) return ok(path)
    const code = statSync(path, { throwIfNoEntry: false }) === undefined ? 'program_missing' : 'program_not_executable'
    return err({ code, message: code === 'program_missing' ? `there is no ${path}` : `${path} is no program` })
  }
  const directories = (env.PATH ?? '').split(delimiter).filter(isAbsolute)
  const endings = process.platform === 'win32' ? (env.PATHEXT ?? '.EXE').split(';') : ['']
  for (const directory of directories) {
    for (const ending of endings) {
      const path = join(directory, `${word}${ending}`)
      if (isProgram(path)) return ok(path)
    }
  }
  return err({ code: 'program_missing', message: `there is no program "${word}" in the settings or on the PATH` })
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false // missing, or not ours to run: said by the caller
  }
}
