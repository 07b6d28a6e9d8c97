import { realpathSync } from 'node:fs'
import { Failure } from '#base/failure.ts'
import { demoInstance } from '#base/paths.ts'
import { printableLine } from '#base/printable.ts'
import {
  type Asked,
  findRepositoryFile,
  type Harmless,
  type RepositorySettings,
  readRepositoryFile,
} from '#harness/trust/repository.ts'
import { isTrusted, trusted } from '#harness/trust/trusted.ts'
import { findWorkspace } from '#memory/workspace.ts'
import type { Session } from '../../session.ts'

const nothing: Asked = { programs: {}, memory: [] }

/** What the repository around the current directory may have a say in: all it asks for only with the person's word. */
export function repositorySay(session: Session): {
  readonly harmless: Harmless
  readonly asked: Asked
  readonly root: string
} {
  const settings = settingsAround(session.workingDirectory, session)
  if (settings === undefined) return { harmless: {}, asked: nothing, root: session.workingDirectory }
  const { output } = session
  const { file, wants, ignored, harmless, asked, root } = settings
  for (const why of ignored) output.complain(`postern: ${printableLine(file)}: ${printableLine(why)}; ignored`)
  if (wants.length === 0 || isTrusted(trusted(session.paths), settings)) return { harmless, asked, root }
  output.complain(`postern: ${printableLine(file)} asks for more than a repository may have unasked; ignored:`)
  for (const want of wants) output.complain(`  - ${printableLine(want)}`)
  output.complain('  next: postern trust add')
  return { harmless, asked: nothing, root }
}

/** Undefined outside of a repository, and where it brings no settings. */
export function settingsAround(directory: string, { paths }: Pick<Session, 'paths'>): RepositorySettings | undefined {
  if (paths.instance === demoInstance) return undefined
  const workspace = findWorkspace(directory)
  if (!workspace.ok) return undefined
  const file = findRepositoryFile(real(directory), workspace.value.root)
  return file === undefined ? undefined : readRepositoryFile(file)
}

function real(directory: string): string {
  try {
    return realpathSync(directory)
  } catch (cause) {
    throw new Failure('not_found', 'directory_missing', `there is no ${directory}`, { cause })
  }
}
