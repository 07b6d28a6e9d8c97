import { build } from '#base/build.ts'
import { writeAll } from '#base/descriptor.ts'
import { Failure } from '#base/failure.ts'
import { demoInstance, type Paths } from '#base/paths.ts'
import { connectOrStart, DaemonClient } from '#daemon/client/index.ts'
import { profileNamed } from '#gate/index.ts'
import { demoWorkspace, findWorkspace } from '#memory/workspace.ts'
import type { Run } from '../../command.ts'
import { tellWhatWasRead } from '../../with-daemon.ts'

const stdout = 1

export const run: Run = async ({ options }, session) => {
  const { paths, env, clock } = session
  const { agents: settings } = await session.config()
  const token = env.POSTERN_AGENT_TOKEN
  const asked = options.value('profile') ?? session.claim?.profile
  if (asked !== undefined && profileNamed(asked, settings) === undefined) {
    throw new Failure('not_found', 'profile_unknown', `there is no profile "${asked}"`, {
      next: 'postern gate explain',
    })
  }
  const hasToken = token !== undefined && token !== ''
  const profile = asked ?? 'assistant'
  // A token says by itself what its agent may do; a profile that is named beside it takes away from that.
  const claim = {
    ...(hasToken ? { token } : {}),
    ...(hasToken && asked === undefined ? {} : { profile }),
    origin: 'mcp',
  } as const
  const { serve } = await import('#mcp/serve.ts')
  const ending = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => ending.abort())
  const connect = async () => {
    const client = `mcp/${build().version}`
    const quiet = () => undefined
    const connected = await connectOrStart({
      paths,
      env,
      client,
      as: claim,
      talk: quiet,
      monotonicMs: () => clock.monotonicMs(),
    })
    const daemon = new DaemonClient(connected)
    await tellWhatWasRead(daemon, { ...session, claim })
    return daemon
  }
  await serve({
    version: build().version,
    log: await session.log(),
    workspace: () => workspaceOf(options.value('workspace') ?? session.workingDirectory, paths),
    allowsDirectWrites: options.flag('allow-direct-writes'),
    connect,
    input: inputUntil(ending.signal),
    write: line => writeAll(stdout, Buffer.from(line)),
    signal: ending.signal,
    now: () => clock.monotonicMs(),
  })
  return 'done'
}

/** Asked for each call: a repository may get its remote later. */
function workspaceOf(directory: string, { instance }: Paths): string | undefined {
  if (instance === demoInstance) return demoWorkspace
  const found = findWorkspace(directory)
  return found.ok ? found.value.id : undefined
}

/** Standard input, until it ends or the process is told to. */
async function* inputUntil(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.addEventListener('abort', () => process.stdin.destroy(), { once: true })
  try {
    for await (const chunk of process.stdin) yield chunk
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
