import type { Run } from '../../command.ts'
import { run as start } from './start.ts'
import { stopDaemon } from './stop.ts'

export const run: Run = async (invocation, session) => {
  await stopDaemon(session)
  return start(invocation, session)
}
