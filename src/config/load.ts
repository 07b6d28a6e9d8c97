import { readFileSync } from 'node:fs'
import { parse, TomlError } from 'smol-toml'
import * as v from 'valibot'
import { Failure } from '#base/failure.ts'
import { checkNotWritableByOthers } from '#base/private-directory.ts'
import { err, ok, type Result } from '#base/result.ts'
import { readAccounts } from './accounts.ts'
import { readAgents } from './agents.ts'
import { type ConfigProblem, problemOf } from './problem.ts'
import { readPrograms } from './programs.ts'
import { type Config, configSchema } from './schema.ts'

const fileBytesMax = 1024 * 1024

/** Pure: the text of a file to settings, or to everything that is wrong with it. */
export function parseConfig(text: string): Result<Config, readonly ConfigProblem[]> {
  let document: Record<string, unknown>
  try {
    document = parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const message = (error.message.split('\n')[0] ?? error.message).replace(/^Invalid TOML document: /, '')
    return err([{ code: 'not_toml', line: error.line, key: '', message }])
  }
  const { accounts, agents, ...rest } = document
  const checked = v.safeParse(configSchema, rest)
  if (!checked.success) return err(checked.issues.map(issue => problemOf(issue, { text, above: [] })))
  const guarded = readAgents(agents, text)
  if (!guarded.ok) return guarded
  const programs = readPrograms(agents, text)
  if (!programs.ok) return programs
  const read = readAccounts(accounts, text)
  return read.ok ? ok({ ...checked.output, ...read.value, agents: guarded.value, programs: programs.value }) : read
}

/**
 * The settings in force. Without a file: the defaults. With one that cannot be used: a `Failure` that names file, line
 * and the nearest known key, because guessing what a person meant to restrict is how a gate is left open.
 */
export function loadConfig(file: string): Config {
  const text = readConfigFile(file)
  const parsed = parseConfig(text ?? '')
  if (parsed.ok) return parsed.value
  const lines = parsed.error.map(problem => `${file}:${problem.line}: ${problem.message}`)
  throw new Failure('usage', 'config_invalid', lines.join('\n'), {
    next: 'postern config check',
    data: { file, problems: parsed.error },
  })
}

/** The file's text; undefined when there is none. */
export function readConfigFile(file: string): string | undefined {
  try {
    const bytes = readFileSync(file)
    checkNotWritableByOthers(file)
    if (bytes.length > fileBytesMax)
      throw new Failure('usage', 'config_too_large', `${file} is larger than ${fileBytesMax} bytes`)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    if (isNodeError(cause) && cause.code === 'ENOENT') return undefined
    if (cause instanceof TypeError)
      throw new Failure('usage', 'config_not_utf8', `${file} is not UTF-8 text`, { cause })
    throw new Failure(
      'failed',
      'config_unreadable',
      `cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}

function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error
}
