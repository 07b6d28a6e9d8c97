import { Failure } from '#base/failure.ts'
import { printable, printableLine } from '#base/printable.ts'
import { diffLines } from '#harness/hooks/diff.ts'
import { pathOf } from '#harness/hooks/files.ts'
import { type HookedAgent, hookedAgents } from '#harness/hooks/hooked-agents.ts'
import { carryOut, planInstall, planRemove, type Step, stateOf } from '#harness/hooks/plan.ts'
import { findWorkspace, workspaceErrorText } from '#memory/workspace.ts'
import type { Invocation, Options, Run } from '../../command.ts'
import type { Session } from '../../session.ts'

/** `show`, `install` and `remove`: a look first, and nothing is written without `--yes`. */
export const run: Run = async (invocation, session) => {
  const agent = agentNamed(invocation.positionals[0] ?? '')
  const base = baseOf(invocation.options, session)
  const { output } = session
  const verb = invocation.path.at(-1)
  if (verb === 'show') return show(agent, base, session)
  const steps = verb === 'install' ? planInstall(agent, base) : planRemove(agent, base)
  const isDone = invocation.options.flag('yes') && steps.length > 0
  if (isDone) carryOut(steps)
  if (output.json) output.data({ agent: agent.name, changed: isDone, files: steps.map(stepJson) })
  else tellSteps(steps, isDone, invocation, session)
  if (isDone && verb === 'install' && agent.hint !== undefined) output.talk(`note: ${agent.hint}`)
  return 'done'
}

function show(agent: HookedAgent, base: string, { output }: Session): 'done' {
  const { hook, skill } = stateOf(agent, base)
  const [hooks, skills] = [pathOf({ base, path: agent.hooks }), pathOf({ base, path: agent.skill })]
  if (output.json)
    output.data({ agent: agent.name, hook: { state: hook, path: hooks }, skill: { state: skill, path: skills } })
  else output.write(`hook   ${hook}  ${printableLine(hooks)}\nskill  ${skill}  ${printableLine(skills)}\n`)
  return 'done'
}

function tellSteps(
  steps: readonly Step[],
  isDone: boolean,
  { path, positionals, options }: Invocation,
  { output }: Session,
): void {
  for (const step of steps) {
    const what = step.after === undefined ? 'remove' : step.before === undefined ? 'create' : 'change'
    output.write(`${what} ${printableLine(pathOf(step.place))}\n`)
    for (const line of diffLines(step.before, step.after)) output.write(`  ${printable(line)}\n`)
  }
  if (steps.length === 0)
    output.talk(path.at(-1) === 'install' ? 'all of it is there already' : 'nothing of ours is there')
  else if (isDone) output.talk('done')
  else {
    const scope = options.value('scope') === 'project' ? ' --scope project' : ''
    output.talk(`nothing was written\n  next: postern ${path.join(' ')} ${positionals[0]}${scope} --yes`)
  }
}

function stepJson({ place, before, after }: Step) {
  return {
    path: pathOf(place),
    change: after === undefined ? 'remove' : before === undefined ? 'create' : 'change',
    diff: diffLines(before, after),
  }
}

function agentNamed(name: string): HookedAgent {
  const found = hookedAgents.find(agent => agent.name === name)
  if (found !== undefined) return found
  throw new Failure('usage', 'agent_unknown', `no hooks are known for "${name}"`, { next: 'postern hooks --help' })
}

function baseOf(options: Options, { paths, workingDirectory }: Session): string {
  if (options.value('scope') !== 'project') return paths.homeDir
  const found = findWorkspace(workingDirectory)
  if (found.ok) return found.value.root
  throw new Failure('not_found', 'workspace_missing', workspaceErrorText(found.error), {
    next: 'change into a Git repository, or leave --scope out',
  })
}
