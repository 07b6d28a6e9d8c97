import { Failure } from '#base/failure.ts'
import { loadConfig } from '#config/index.ts'
import { profileNamed } from '#gate/index.ts'
import type { Run } from '../../command.ts'

export const run: Run = async ({ positionals: [file] }, { paths, output }) => {
  const { agents, accounts } = loadConfig(file ?? paths.configFile)
  const known = new Set(['*', ...accounts.map(({ name }) => name)])
  const problems = Object.keys(agents.profiles).flatMap(name =>
    (profileNamed(name, agents)?.accounts ?? [])
      .filter(account => !known.has(account))
      .map(account => `agents.profiles.${name}: there is no account "${account}" in the settings`),
  )
  if (problems.length > 0) {
    throw new Failure('usage', 'profile_invalid', problems.join('\n'), { next: 'postern account list' })
  }
  const profiles = Object.keys(agents.profiles)
  if (output.json) output.data({ ok: true, profiles })
  else
    output.write(
      profiles.length === 0 ? 'no profiles of your own; the built-in ones hold\n' : `sound: ${profiles.join(', ')}\n`,
    )
  return 'done'
}
