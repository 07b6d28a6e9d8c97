import { randomBytes } from 'node:crypto'
import { isAlive } from '#base/alive.ts'
import { Failure } from '#base/failure.ts'
import { demoInstance } from '#base/paths.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import { shell } from '#base/shell.ts'
import { agentName, memorySurfaceOf } from '#harness/agents.ts'
import type { Finished } from '#harness/finish.ts'
import { finish, recover } from '#harness/finish.ts'
import { codeOf, launch } from '#harness/launch.ts'
import { prepare } from '#harness/prepare.ts'
import { programOf } from '#harness/program.ts'
import { rememberedAt } from '#harness/remembered.ts'
import { openSession, sessionsDirectory } from '#harness/session.ts'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import type { Invocation, Run } from '../../command.ts'
import { isInForeground } from '../../controlling-terminal.ts'
import type { Session } from '../../session.ts'
import { draftFailure, draftsDirectoryOf } from '../librarian/queue.ts'
import { runOnce } from '../librarian/run.ts'
import { type Plan, planOf } from './plan.ts'
import { counted, tell, tellPlan } from './tell.ts'

const notFound = 127

/** An agent in our place at the terminal: stdout is its own, and what we say goes to stderr. */
export const run: Run = async (invocation, session) => {
  const { positionals, options } = invocation
  const isRecovery = options.flag('recover')
  if (!isRecovery && positionals.length === 0) {
    throw new Failure('usage', 'agent_missing', 'run needs the name of an agent', { next: 'postern run --help' })
  }
  const recovered = recoverSessions(session)
  if (isRecovery) return endOfRecovery(recovered, session)
  const plan = await planOf(invocation, session)
  return runAgent(plan, invocation, session)
}

async function runAgent(plan: Plan, { options }: Invocation, session: Session): Promise<number> {
  const { paths, clock, output, env } = session
  const { typed, args, log, configured } = plan
  const world = { env, workingDirectory: session.workingDirectory }
  const found = programOf(typed, args, configured, { ...world, placeholders: {} })
  if (!found.ok) {
    output.complain(`postern: ${found.error.message}`)
    output.complain('  try: postern run --help')
    return found.error.code === 'argument_not_utf8' ? 2 : found.error.code === 'program_missing' ? notFound : 126
  }
  if (options.flag('dry-run')) {
    tellPlan(plan, found.value, session)
    return 0
  }
  if (options.value('log') === undefined) ensurePrivateDirectory(paths.dataDir, paths.homeDir)
  const queue = openQueue(log)
  if (!queue.ok) throw draftFailure(queue.error)
  const agent = agentName(typed)
  const open = openSession(
    sessionsDirectory(paths.dataDir),
    {
      agent,
      surface: memorySurfaceOf(agent),
      project: plan.project,
      log,
      memory: plan.memory,
      startedAt: clock.now(),
    },
    { homeDir: paths.homeDir, random: randomBytes },
  )
  const remembered = rememberedAt(log, queue.value, { query: plan.query, now: clock.now() })
  const words = paths.instance === demoInstance ? 'postern --demo' : 'postern'
  const prepared = prepare(open, remembered, {
    chars: plan.chars,
    words,
    env: { ...shell.env, ...env },
    random: randomBytes,
  })
  const program = programOf(typed, args, configured, { ...world, placeholders: prepared.placeholders })
  for (const warning of remembered.warnings) output.complain(warning)
  output.talk(
    `postern: ${agent} in session ${open.record.id}, ${counted(remembered.items.length, 'memory', 'memories')} known`,
  )
  const ended = await launch(program.ok ? program.value : found.value, {
    env: prepared.env,
    cwd: session.workingDirectory,
    umask: shell.umask,
    sharesTerminal: isInForeground,
    onStart: open.started,
  })
  if (ended.kind === 'not_started') output.complain(`postern: cannot start ${found.value.file}: ${ended.reason}`)
  const finished = finish(open, openQueue, clock.now())
  await note(finished, session)
  tell(finished, session)
  if (plan.after === 'librarian' && 'captured' in finished) await runLibrarianAfter(log, queue.value, session)
  return codeOf(ended)
}

/** What follows a session never changes what the agent's end was. */
async function runLibrarianAfter(log: string, queue: DraftQueue, session: Session): Promise<void> {
  try {
    const { items } = await runOnce(log, queue, session)
    session.output.talk(
      `postern: the librarian took in ${items.filter(({ state }) => state === 'accepted').length} drafts`,
    )
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    session.output.complain(`postern: the librarian did not run: ${error.message}`)
    session.output.complain('  try: postern librarian run')
  }
}

function recoverSessions(session: Session): ReturnType<typeof recover> {
  const recovered = recover(sessionsDirectory(session.paths.dataDir), { openQueue, now: session.clock.now(), isAlive })
  for (const each of recovered.finished) tell(each, session)
  for (const path of recovered.broken) session.output.complain(`postern: not the record of a session: ${path}`)
  return recovered
}

function endOfRecovery({ finished, broken }: ReturnType<typeof recover>, { output }: Session): 'done' | 'failed' {
  const done = finished.flatMap(each => ('captured' in each ? [each.captured] : []))
  const proposed = done.reduce((sum, each) => sum + each.proposed, 0)
  if (output.json)
    output.data({ sessions: finished.length, proposed, failed: finished.length - done.length, broken: broken.length })
  else
    output.write(
      `${counted(done.length, 'session', 'sessions')} taken in, ${counted(proposed, 'draft', 'drafts')} proposed\n`,
    )
  return done.length === finished.length && broken.length === 0 ? 'done' : 'failed'
}

async function note(finished: Finished, session: Session): Promise<void> {
  const log = await session.log()
  const { id } = finished
  if ('failed' in finished) log.warn('harness.not_captured', { session: id })
  else
    log.info('harness.captured', {
      session: id,
      proposed: finished.captured.proposed,
      secrets: finished.captured.secrets,
    })
}

function openQueue(log: string) {
  return DraftQueue.open(draftsDirectoryOf(log), { create: true })
}
