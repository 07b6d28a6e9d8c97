import { Failure } from '#base/failure.ts'
import { loadConfig, readConfigFile } from '#config/index.ts'
import type { Run } from '../../command.ts'

export const run: Run = async ({ positionals }, { paths, output }) => {
  const file = positionals[0] ?? paths.configFile
  const exists = readConfigFile(file) !== undefined
  if (!exists && positionals[0] !== undefined) throw new Failure('not_found', 'config_missing', `there is no ${file}`)
  const { refusedAccounts } = loadConfig(file)
  if (refusedAccounts.length > 0) {
    const lines = refusedAccounts.map(({ line, message }) => `${file}:${line}: ${message}`)
    throw new Failure('usage', 'account_invalid', lines.join('\n'), { data: { file, problems: refusedAccounts } })
  }
  if (output.json) output.data({ ok: true, file, exists })
  else output.write(exists ? `${file} is sound\n` : `there is no ${file}; every setting has its default\n`)
  return 'done'
}
