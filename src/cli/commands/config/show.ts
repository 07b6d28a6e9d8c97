import { configKeys, loadConfig, settingOf } from '#config/index.ts'
import type { Run } from '../../command.ts'

export const run: Run = async (_invocation, { paths, output }) => {
  const config = loadConfig(paths.configFile)
  if (output.json) {
    output.data(config)
    return 'done'
  }
  let section = ''
  for (const { key, default: standard } of configKeys()) {
    const [table = '', name = ''] = key.split('.')
    if (table !== section) output.write(`${section === '' ? '' : '\n'}[${table}]\n`)
    section = table
    const value = settingOf(config, key)
    output.write(`${name} = ${JSON.stringify(value)}${value === standard ? '  # default' : ''}\n`)
  }
  return 'done'
}
