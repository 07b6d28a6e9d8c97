import { type Exit, Failure } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { passphraseFor } from './person.ts'

export const run: Run = ({ positionals: [name = ''], options }, session) =>
  withDaemon<Exit>(session, async client => {
    const { output } = session
    const given = options.value('expires-days')
    const days = given === undefined ? undefined : Number(given)
    if (days !== undefined && (!Number.isInteger(days) || days < 1)) {
      throw new Failure('usage', 'number_invalid', '--expires-days takes a whole number of days')
    }
    const added = granted(
      await client.request('agent.add', {
        name,
        profile: options.value('profile') ?? 'assistant',
        ...(days === undefined ? {} : { expires_days: days }),
        ...(await passphraseFor(client, `let ${name} in`)),
      }),
    )
    if (output.json) output.data(added)
    else output.write(`${added.token}\n`)
    output.talk(`${name} may do what the profile ${added.profile} says: postern gate explain ${added.profile}`)
    output.talk('give it the token as POSTERN_AGENT_TOKEN; it is shown this once')
    return 'done'
  })
