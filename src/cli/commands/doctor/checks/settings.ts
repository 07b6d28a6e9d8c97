import { Failure } from '#base/failure.ts'
import { loadConfig } from '#config/index.ts'
import { type Check, findingOf } from '../check.ts'

export const settings: Check = {
  name: 'settings',
  sound: 'settings can be read',
  run: ({ session: { paths } }) => {
    try {
      return loadConfig(paths.configFile).refusedAccounts.map(({ line, message }) => ({
        code: 'account_invalid',
        message: `${paths.configFile}:${line}: ${message}`,
        severity: 'problem',
        next: 'postern config check',
      }))
    } catch (error) {
      if (error instanceof Failure) return [findingOf(error)]
      throw error
    }
  },
}
