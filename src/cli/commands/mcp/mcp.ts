import { Failure } from '#base/failure.ts'
import { onlyPerson } from '../../claim.ts'
import type { Run } from '../../command.ts'

export const run: Run = async (invocation, session) => {
  const [action, client] = invocation.positionals
  if (action === undefined) return (await import('./serve.ts')).run(invocation, session)
  // An agent may be served; whom else a client starts is the person's to say.
  if (session.claim !== undefined) throw onlyPerson(`postern mcp ${action}`)
  if (client === undefined) {
    throw new Failure('usage', 'positional_missing', `mcp ${action} needs CLIENT`, { next: 'postern mcp --help' })
  }
  return (await import('./clients.ts')).run(invocation, session)
}
