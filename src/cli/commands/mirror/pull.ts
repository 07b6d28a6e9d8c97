import { pull } from '#harness/mirror/mirror.ts'
import type { Run } from '../../command.ts'
import { mirrorFailure, mirrorOptions } from './options.ts'

export const run: Run = async ({ options }, session) => {
  const pulled = await pull(mirrorOptions(options, session))
  if (!pulled.ok) throw mirrorFailure(pulled.error)
  const { relation, added } = pulled.value
  if (session.output.json) session.output.data({ relation, added })
  else if (added > 0) session.output.write(`${added} bytes came from the copy, verified\n`)
  else session.output.write('there was nothing new\n')
  if (relation === 'local_ahead') session.output.talk('next: postern memory remote push')
  return 'done'
}
