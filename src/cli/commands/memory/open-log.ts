import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure } from '#base/failure.ts'
import { demoInstance } from '#base/paths.ts'
import { checkPrivateDirectory, ensurePrivateDirectory } from '#base/private-directory.ts'
import { systemFiles } from '#memory/canonical/files.ts'
import { MemoryReader } from '#memory/reader.ts'
import { sealKeysOf } from '#memory/seal-key.ts'
import { Store, workspaceLogPath } from '#memory/store.ts'
import { traceToLog } from '#memory/trace.ts'
import { demoWorkspace, findWorkspace, type WorkspaceError, workspaceErrorText } from '#memory/workspace.ts'
import type { Options } from '../../command.ts'
import type { Session } from '../../session.ts'
import { storeFailure } from './refusal.ts'

/** The log that `--log` names, else that of the workspace around the current directory. */
export function logPathOf(options: Options, session: Session): string {
  const given = options.value('log')
  if (given !== undefined) return resolve(session.workingDirectory, given)
  const { dataDir, homeDir, instance } = session.paths
  // Also before anything is kept there: a directory that is open to others would take the first memory as well.
  if (existsSync(dataDir)) checkPrivateDirectory(dataDir, homeDir)
  if (instance === demoInstance) return workspaceLogPath(join(dataDir, 'memory'), demoWorkspace)
  const found = findWorkspace(session.workingDirectory)
  if (found.ok) return workspaceLogPath(join(dataDir, 'memory'), found.value.id)
  throw workspaceFailure(found.error)
}

function workspaceFailure(error: WorkspaceError): Failure {
  const exit = error.code === 'Io' ? 'failed' : 'not_found'
  return new Failure(exit, 'workspace_missing', workspaceErrorText(error), {
    next: 'name the log with --log PATH, or change into a Git repository with a remote called origin',
    data: { err: error.code },
  })
}

/** Runs `work` on the log, open for reading alone; closes it whatever happens. */
export async function withReader<T>(
  options: Options,
  session: Session,
  work: (reader: MemoryReader, path: string) => T,
): Promise<T> {
  const path = logPathOf(options, session)
  const opened = MemoryReader.open(path, { keys: sealKeysOf(path) })
  if (!opened.ok) throw storeFailure(opened.error, path)
  try {
    return work(opened.value, path)
  } finally {
    opened.value.close()
  }
}

/** Runs `work` as the one writer of a log that exists. What the store tells about it goes to the program's log. */
export async function withWriter<T>(
  options: Options,
  session: Session,
  work: (store: Store, path: string) => T,
): Promise<T> {
  const path = logPathOf(options, session)
  if (systemFiles.kind(path) === undefined) throw storeFailure({ code: 'Log', inner: { code: 'Missing' } }, path)
  const store = await openStore(path, session)
  try {
    return work(store, path)
  } finally {
    store.close()
  }
}

/** Makes an empty log, or finds that there is one: then it is opened and thereby looked over. */
export async function createLog(options: Options, session: Session): Promise<{ path: string; isNew: boolean }> {
  const path = logPathOf(options, session)
  if (options.value('log') === undefined) ensurePrivateDirectory(session.paths.dataDir, session.paths.homeDir)
  const isNew = systemFiles.kind(path) === undefined
  const store = await openStore(path, session)
  store.close()
  return { path, isNew }
}

async function openStore(path: string, session: Session): Promise<Store> {
  const trace = traceToLog(await session.log())
  const keys = sealKeysOf(path)
  const opened = Store.open(path, { now: session.clock.now(), trace, keys, owner: 'postern memory' })
  if (!opened.ok) throw storeFailure(opened.error, path)
  return opened.value
}
