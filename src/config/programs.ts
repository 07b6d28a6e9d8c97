import * as v from 'valibot'
import { err, ok, type Result } from '#base/result.ts'
import { lineOf } from './line-of.ts'
import type { ConfigProblem } from './problem.ts'

/** A table `[agents.programs.NAME]`: how `postern run NAME` starts an agent, and where it keeps notes of its own. */
export interface AgentProgram {
  /** Program and first arguments; `{guide}`, `{capsule}` and `{session}` stand for paths. Null: NAME on the PATH. */
  readonly command: readonly string[] | null
  /** Files and folders of its own memory, proposed after each session. */
  readonly memory: readonly string[]
}

export type Programs = Readonly<Record<string, AgentProgram>>

const programsMax = 50
const programName = /^[a-z0-9][a-z0-9._-]{0,39}$/i
const line = v.pipe(
  v.string(),
  v.check(text => text.length > 0 && text.length <= 4_096 && !/[\x00-\x1f\x7f]/.test(text)),
)
const programSchema = v.strictObject({
  command: v.optional(v.pipe(v.array(line), v.minLength(1), v.maxLength(64))),
  memory: v.optional(v.pipe(v.array(line), v.maxLength(50)), []),
})

/** Anything wrong in one of them stops the program: it names what is run. */
export function readPrograms(agents: unknown, text: string): Result<Programs, readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = []
  const programs = programsIn(agents, (path, message) =>
    problems.push({ code: 'invalid_value', line: lineOf(text, path), key: path.join('.'), message }),
  )
  return problems.length > 0 ? err(problems) : ok(programs)
}

/** The same of any table `agents`; what is wrong is told to `refuse` and left out. */
export function programsIn(agents: unknown, refuse: (path: readonly string[], message: string) => void): Programs {
  const above = ['agents', 'programs']
  const table = isTable(agents) ? (agents.programs ?? {}) : {}
  if (!isTable(table)) {
    refuse(above, 'agents.programs must be tables [agents.programs.NAME]')
    return {}
  }
  const entries = Object.entries(table)
  if (entries.length > programsMax) refuse(above, `there may be ${programsMax} programs at most`)
  const programs: Record<string, AgentProgram> = Object.create(null)
  for (const [name, value] of entries.slice(0, programsMax)) {
    const checked = v.safeParse(programSchema, value)
    if (programName.test(name) && checked.success) {
      programs[name] = { command: checked.output.command ?? null, memory: checked.output.memory }
    } else if (!programName.test(name)) {
      refuse([...above, name], `"${name.slice(0, 60)}" is no name for a program: letters, digits, . _ and -`)
    } else {
      const key = [...above, name].join('.')
      refuse([...above, name], `[${key}] has command and memory, both lists of texts, and nothing else`)
    }
  }
  return programs
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
