import { type Account, configKeys, loadConfig, settingOf } from '#config/index.ts'
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
  for (const account of config.accounts) output.write(`\n${accountText(account)}`)
  for (const { name, message } of config.refusedAccounts) output.complain(`not used: [accounts.${name}]: ${message}`)
  return 'done'
}

function accountText({ name, ...account }: Account): string {
  const lines = Object.entries(account).map(([key, value]) => `# ${key}: ${JSON.stringify(value)}\n`)
  return `[accounts.${name}]\n${lines.join('')}`
}
