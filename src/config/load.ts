import { parse, TomlError } from 'smol-toml'
import * as v from 'valibot'
import { Failure } from '#base/failure.ts'
import { err, ok, type Result } from '#base/result.ts'
import { readAccounts } from './accounts.ts'
import { readAgents } from './agents.ts'
import { defaults } from './defaults.ts'
import { type ConfigProblem, problemOf } from './problem.ts'
import { readProcessors, withoutProcessors } from './processors.ts'
import { readPrograms } from './programs.ts'
import { readConfigFile } from './read.ts'
import { type Config, configSchema } from './schema.ts'

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
  const { table, processors: given } = withoutProcessors(rest)
  const checked = v.safeParse(configSchema, table)
  if (!checked.success) return err(checked.issues.map(issue => problemOf(issue, { text, above: [] })))
  const guarded = readAgents(agents, text)
  if (!guarded.ok) return guarded
  const programs = readPrograms(agents, text)
  if (!programs.ok) return programs
  const processors = readProcessors(given, { text, chosen: checked.output.librarian.processor })
  if (!processors.ok) return processors
  const read = readAccounts(accounts, text)
  if (!read.ok) return read
  const named = { agents: guarded.value, programs: programs.value, processors: processors.value }
  return ok({ ...checked.output, ...read.value, ...named })
}

/**
 * The settings in force. Without a file: the defaults. With one that cannot be used: a `Failure` that names file, line
 * and the nearest known key, because guessing what a person meant to restrict is how a gate is left open.
 */
export function loadConfig(file: string): Config {
  const text = readConfigFile(file)
  return text === undefined ? defaults : configOf(text, file)
}

export function configOf(text: string, file: string): Config {
  const parsed = parseConfig(text)
  if (parsed.ok) return parsed.value
  const lines = parsed.error.map(problem => `${file}:${problem.line}: ${problem.message}`)
  throw new Failure('usage', 'config_invalid', lines.join('\n'), {
    next: 'postern config check',
    data: { file, problems: parsed.error },
  })
}
