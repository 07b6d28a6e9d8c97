import { drill } from '#harness/mirror/mirror.ts'
import type { Run } from '../../command.ts'
import { mirrorFailure, mirrorOptions, relationWords } from './options.ts'

export const run: Run = async ({ options }, session) => {
  const drilled = await drill(mirrorOptions(options, session))
  if (!drilled.ok) throw mirrorFailure(drilled.error)
  const { relation, found, memories, behind } = drilled.value
  if (session.output.json) {
    const { records, checkpoints, seal } = found
    session.output.data({ restored: true, relation, records, checkpoints, memories, seal: seal.state, behind })
    return 'done'
  }
  session.output.write(`restored aside and verified: ${memories} memories in ${found.checkpoints} commits\n`)
  if (behind > 0)
    session.output.talk(`note: ${behind} bytes that are here would be lost; ${relationWords[relation][0]}`)
  if (relation === 'local_ahead') session.output.talk('next: postern memory remote push')
  return 'done'
}
