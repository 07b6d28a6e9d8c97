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
  for (const { name, ...account } of config.accounts) output.write(`\n${tableText(`accounts.${name}`, account)}`)
  for (const { name, ...processor } of Object.values(config.processors)) {
    output.write(`\n${tableText(`librarian.processors.${name}`, processor)}`)
  }
  for (const { name, message } of config.refusedAccounts) output.complain(`not used: [accounts.${name}]: ${message}`)
  return 'done'
}

function tableText(table: string, values: object): string {
  const lines = Object.entries(values).map(([key, value]) => `# ${key}: ${JSON.stringify(value)}\n`)
  return `[${table}]\n${lines.join('')}`
}
