import { randomBytes } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '#base/failure.ts'
import { dropPermissions } from '#base/permissions.ts'
import type { ProcessorSettings } from '#config/index.ts'
import type { World } from '#librarian/models/world.ts'
import { settingsOf } from '#librarian/processors/processor-of.ts'
import type { Session } from '../../session.ts'

/** The processor that a person named, else that of their settings; never that of a repository. */
export async function chosenProcessor(
  name: string | undefined,
  session: Session,
): Promise<ProcessorSettings | undefined> {
  const found = settingsOf(await session.config(), name)
  if (found.ok) return found.value
  throw new Failure('usage', found.error.code, found.error.message, { next: 'postern config explain librarian' })
}

/** What the processor does not need is given up before it is loaded: rules need neither programs nor the network. */
export function dropUnneeded(settings: ProcessorSettings | undefined): void {
  const isServer = settings?.type === 'http'
  const runs = settings?.type === 'command' || (isServer && settings.keyCommand !== null)
  dropPermissions(['fs.write', ...(runs ? (['child'] as const) : []), ...(isServer ? (['net'] as const) : [])])
}

/**
 * Work that a person can stop. A model runs in a group of its own, which the terminal's interrupt does not reach: it
 * is ended by the signal that `work` is given.
 */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopped = new AbortController()
  const stop = () => stopped.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  try {
    return await work(stopped.signal)
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stop)
  }
}

export function worldOf(session: Session, signal?: AbortSignal): World {
  return {
    env: session.env,
    homeDir: session.paths.homeDir,
    project: projectAround(session.workingDirectory, session.paths.homeDir),
    nonce: () => randomBytes(16).toString('hex'),
    ...(signal === undefined ? {} : { signal }),
  }
}

/** The repository around a directory. The home directory is no project, although some keep theirs in one. */
function projectAround(start: string, homeDir: string): string | undefined {
  for (let directory = start; ; directory = dirname(directory)) {
    if (directory !== homeDir && lstatSync(join(directory, '.git'), { throwIfNoEntry: false }) !== undefined) {
      return directory
    }
    if (directory === dirname(directory)) return undefined
  }
}
