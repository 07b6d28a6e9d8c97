import { resolve } from 'node:path'
import { Failure } from '#base/failure.ts'
import type { AgentProgram, Config } from '#config/index.ts'
import { agentName } from '#harness/agents.ts'
import { capsuleChars } from '#harness/capsule.ts'
import type { Invocation, Options } from '../../command.ts'
import type { Session } from '../../session.ts'
import { numberOption } from '../mail/search-options.ts'
import { logPathOf } from '../memory/open-log.ts'
import { repositorySay } from './repository.ts'

/** What a session is made of, before anything is done. */
export interface Plan {
  readonly typed: string
  readonly args: readonly string[]
  readonly log: string
  readonly configured: AgentProgram | undefined
  readonly memory: readonly string[]
  readonly project: string | null
  readonly query: string | undefined
  readonly chars: number
  readonly after: Config['harness']['after_session']
}

const fieldCharsMax = 200
const queryCharsMax = 2_000

export async function planOf({ positionals, options }: Invocation, session: Session): Promise<Plan> {
  const [typed = '', ...args] = positionals
  const { harness, programs } = await session.config()
  const log = logPathOf(options, session)
  const { harmless, asked, root } = repositorySay(session)
  const own = programNamed(programs, typed) ?? programNamed(programs, agentName(typed))
  const theirs = programNamed(asked.programs, typed) ?? programNamed(asked.programs, agentName(typed))
  const after = options.value('after')
  return {
    typed,
    args,
    log,
    // The person's own words count first; a repository's only where the person has none.
    configured: programNamed(programs, typed) ?? withinRoot(programNamed(asked.programs, typed), root),
    memory: [
      ...(own?.memory ?? []).map(path => placed(path, session.workingDirectory, session)),
      ...[...(theirs?.memory ?? []), ...asked.memory].map(path => placed(path, root, session)),
    ],
    project: textOption(options, 'project', fieldCharsMax) ?? harmless.project ?? null,
    query: textOption(options, 'query', queryCharsMax) ?? harmless.query,
    chars: charsOption(options, harmless.chars ?? harness.capsule_chars),
    after: after === 'off' || after === 'librarian' ? after : (asked.afterSession ?? harness.after_session),
  }
}

export function charsOption(options: Options, standard: number): number {
  const chars = numberOption(options, 'chars', standard, capsuleChars.most)
  if (chars >= capsuleChars.least) return chars
  throw new Failure('usage', 'chars_invalid', `--chars takes ${capsuleChars.least} to ${capsuleChars.most}`)
}

export function textOption(options: Options, name: string, charactersMax: number): string | undefined {
  const text = options.value(name)
  if (text === undefined || (text.length <= charactersMax && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text))) return text
  throw new Failure('usage', 'text_invalid', `--${name} takes one line of at most ${charactersMax} characters`)
}

function placed(path: string, base: string, { paths }: Session): string {
  return resolve(
    base,
    path.replace(/^~(?=\/|$)/, () => paths.homeDir),
  )
}

/** A path in a repository's settings is meant from the repository on. */
function withinRoot(program: AgentProgram | undefined, root: string): AgentProgram | undefined {
  const [file, ...args] = program?.command ?? []
  if (program === undefined || file === undefined || !file.includes('/')) return program
  return { ...program, command: [resolve(root, file), ...args] }
}

function programNamed(programs: Config['programs'], name: string): AgentProgram | undefined {
  return Object.hasOwn(programs, name) ? programs[name] : undefined
}
