import { push } from '#harness/mirror/mirror.ts'
import type { Run } from '../../command.ts'
import { mirrorFailure, mirrorOptions } from './options.ts'

export const run: Run = async ({ options }, session) => {
  const pushed = await push(mirrorOptions(options, session))
  if (!pushed.ok) throw mirrorFailure(pushed.error)
  const { published, relation } = pushed.value
  if (session.output.json) session.output.data({ published, relation })
  else session.output.write(published ? 'the copy has all of it\n' : 'the copy had all of it already\n')
  return 'done'
}
