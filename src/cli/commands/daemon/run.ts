import { Failure } from '#base/failure.ts'
import { runDaemon } from '#daemon/run.ts'
import type { Run } from '../../command.ts'

const lingerMs = 2_000

export const run: Run = async ({ options }, session) => {
  const { paths, clock, output } = session
  const isDetached = options.flag('detached')
  const stopping = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => {
      // Asked twice, a person does not want to wait for what is under way.
      if (stopping.signal.aborted) process.exit(1)
      stopping.abort()
    })
  }
  const config = await session.config()
  const log = await session.log()
  process.on('uncaughtExceptionMonitor', error => log.error('daemon.crashed', { reason: error.stack ?? error.message }))
  await runDaemon({
    paths,
    config,
    clock,
    log,
    signal: stopping.signal,
    onReady: () => {
      if (!isDetached) output.talk(`the daemon listens at ${paths.socketFile}; Ctrl-C ends it`)
    },
  }).catch((error: unknown) => {
    if (error instanceof Failure) throw error
    // Crash, do not limp: what is decided is on disk, and the next client starts a fresh one.
    log.error('daemon.crashed', { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    throw error
  })
  log.close()
  // The lock is let go: a connection that somebody forgot must not keep the process.
  setTimeout(() => process.exit(0), lingerMs).unref()
  return 'done'
}
