import { asset } from '#base/assets.ts'
import type { Run } from '../../command.ts'
import { onlyPackaged } from './only-packaged.ts'

export const run: Run = async (_invocation, { output }) => {
  const notices = asset('notices.json') ?? onlyPackaged('the list of licences')
  if (output.json) output.write(notices)
  else output.write(asset('notices.txt') ?? onlyPackaged('the licence texts'))
  return 'done'
}
