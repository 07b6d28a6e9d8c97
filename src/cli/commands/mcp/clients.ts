import { dirname, resolve } from 'node:path'
import { isPackaged } from '#base/assets.ts'
import { Failure } from '#base/failure.ts'
import { printable, printableLine } from '#base/printable.ts'
import { thisProgram } from '#base/this-program.ts'
import { profileNamed } from '#gate/index.ts'
import { type McpClient, mcpClients } from '#harness/clients/mcp-clients.ts'
import { planServerInstall, planServerRemove, serverStateOf } from '#harness/clients/plan.ts'
import type { ServerEntry } from '#harness/clients/server-text.ts'
import { diffLines } from '#harness/hooks/diff.ts'
import { type Place, pathOf } from '#harness/hooks/files.ts'
import { carryOut, type Step } from '#harness/hooks/plan.ts'
import { findWorkspace, workspaceErrorText } from '#memory/workspace.ts'
import type { Invocation, Options, Run } from '../../command.ts'
import type { Session } from '../../session.ts'

/** `show`, `install` and `uninstall`: a look first, and nothing is written without `--yes`. */
export const run: Run = async (invocation, session) => {
  const { positionals, options } = invocation
  const [verb = '', name = ''] = positionals
  const client = clientNamed(name)
  const place = placeOf(client, options, session)
  const entry = await entryOf(options, session)
  const { output } = session
  if (verb === 'show') {
    const state = serverStateOf(client, place, entry)
    if (output.json) output.data({ client: client.name, state, path: pathOf(place), ...entry })
    else output.write(`${state}  ${printableLine(pathOf(place))}\n`)
    return 'done'
  }
  const steps = verb === 'install' ? planServerInstall(client, place, entry) : planServerRemove(client, place)
  const isDone = options.flag('yes') && steps.length > 0
  if (isDone) carryOut(steps)
  if (output.json) output.data({ client: client.name, changed: isDone, files: steps.map(stepJson) })
  else tellSteps(steps, isDone, invocation, session)
  if (isDone && verb === 'install') tellNext(client, options, session)
  return 'done'
}

function tellSteps(steps: readonly Step[], isDone: boolean, { positionals }: Invocation, { output }: Session): void {
  for (const step of steps) {
    output.write(`${changeOf(step)} ${printableLine(pathOf(step.place))}\n`)
    for (const line of diffLines(step.before, step.after)) output.write(`  ${printable(line)}\n`)
  }
  if (steps.length === 0) output.talk(positionals[0] === 'install' ? 'it is there already' : 'nothing of ours is there')
  else if (isDone) output.talk('done')
  else output.talk(`nothing was written\n  next: the same with --yes, as postern mcp ${positionals.join(' ')} --yes`)
}

function tellNext(client: McpClient, options: Options, { output }: Session): void {
  output.talk(`next: start ${client.title} anew`)
  if (!client.startsInProject && options.value('workspace') === undefined) {
    output.talk('note: it does not say in which repository it works; --workspace DIR names whose memory is meant')
  }
}

function changeOf({ before, after }: Step): string {
  return after === undefined ? 'remove' : before === undefined ? 'create' : 'change'
}

function stepJson(step: Step) {
  return { path: pathOf(step.place), change: changeOf(step), diff: diffLines(step.before, step.after) }
}

function clientNamed(name: string): McpClient {
  const found = mcpClients.find(client => client.name === name)
  if (found !== undefined) return found
  throw new Failure('usage', 'client_unknown', `no client "${name}" is known`, { next: 'postern mcp --help' })
}

function placeOf(client: McpClient, options: Options, { paths, workingDirectory }: Session): Place {
  if (options.value('scope') !== 'project') return { base: paths.homeDir, path: client.file(process.platform) }
  if (client.projectFile === undefined) {
    throw new Failure('usage', 'scope_unknown', `${client.title} keeps its servers for the person alone`, {
      next: `postern mcp install ${client.name}`,
    })
  }
  const found = findWorkspace(workingDirectory)
  if (found.ok) return { base: found.value.root, path: client.projectFile }
  throw new Failure('not_found', 'workspace_missing', workspaceErrorText(found.error), {
    next: 'change into a Git repository, or leave --scope out',
  })
}

async function entryOf(options: Options, session: Session): Promise<ServerEntry> {
  const profile = options.value('profile') ?? 'assistant'
  const { agents } = await session.config()
  if (profileNamed(profile, agents) === undefined) {
    throw new Failure('not_found', 'profile_unknown', `there is no profile "${profile}"`, {
      next: 'postern gate explain',
    })
  }
  const directory = options.value('workspace')
  const where = directory === undefined ? [] : ['--workspace', resolve(session.workingDirectory, directory)]
  const [command, ...first] = isPackaged() ? [process.execPath] : thisProgram()
  const isOnPath = isPackaged() && (session.env.PATH ?? '').split(':').includes(dirname(command))
  return { command: isOnPath ? 'postern' : command, args: [...first, 'mcp', '--profile', profile, ...where] }
}
