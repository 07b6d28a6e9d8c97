import type { Run } from '../../command.ts'
import { createLog } from './open-log.ts'

export const run: Run = async ({ options }, session) => {
  const { path, isNew } = await createLog(options, session)
  if (session.output.json) session.output.data({ log: path, created: isNew })
  else session.output.write(`${path} ${isNew ? 'is ready' : 'was there already'}\n`)
  return 'done'
}
