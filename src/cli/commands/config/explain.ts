import { Failure } from '#base/failure.ts'
import { nearest } from '#base/nearest.ts'
import { accountKeys, configKeys, loadConfig, processorKeys, settingOf } from '#config/index.ts'
import type { Run } from '../../command.ts'

export const run: Run = async ({ positionals }, { paths, output }) => {
  const wanted = positionals[0] ?? ''
  const all = [...configKeys(), ...accountKeys(), ...processorKeys()]
  const chosen = all.filter(({ key }) => wanted === '' || key === wanted || key.startsWith(`${wanted}.`))
  if (chosen.length === 0) {
    const meant = nearest(
      wanted,
      all.map(({ key }) => key),
    )
    throw new Failure('not_found', 'unknown_key', `there is no setting "${wanted}"`, {
      next: meant === undefined ? 'postern config explain' : `postern config explain ${meant}`,
    })
  }
  const config = loadConfig(paths.configFile)
  const facts = chosen.map(key => ({ ...key, value: settingOf(config, key.key) }))
  if (output.json) {
    output.data({ keys: facts })
    return 'done'
  }
  const entries = facts.map(
    ({ key, summary, type, default: standard, value }) =>
      `${key}\n    ${summary}\n    type: ${type}\n    default: ${JSON.stringify(standard)}\n${value === undefined ? '' : `    value: ${JSON.stringify(value)}\n`}`,
  )
  output.write(entries.join('\n'))
  return 'done'
}
