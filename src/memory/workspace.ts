import { createHash } from 'node:crypto'
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import { errnoOf } from './canonical/files.ts'

/**
 * Which memory belongs to a directory: one for each repository, told by its origin. The id is the reference's, so that
 * its logs are found; it therefore also keeps its quirks (two spellings of one address are two workspaces).
 */
export interface Workspace {
  /** 64 hex digits. */
  readonly id: string
  /** Where the repository's `.git` was found. */
  readonly root: string
}

export type WorkspaceError =
  | { readonly code: 'EmptyRemote' }
  | { readonly code: 'Io'; readonly path: string; readonly errno: string }
  | { readonly code: 'NoOriginRemote'; readonly path: string }
  | { readonly code: 'InvalidRemote'; readonly path: string }
  | { readonly code: 'NoActiveWorkspace'; readonly start: string }

export function workspaceErrorText(error: WorkspaceError): string {
  switch (error.code) {
    case 'EmptyRemote':
      return 'empty git remote URL'
    case 'Io':
      return `workspace I/O error: ${error.path} (${error.errno})`
    case 'NoOriginRemote':
      return `${error.path}: .git/config has no origin remote URL`
    case 'InvalidRemote':
      return `${error.path}: origin URL normalises to empty string`
    case 'NoActiveWorkspace':
      return `no active workspace: walked to filesystem root from ${error.start} without finding .git`
  }
}

/** The first 16 digits: what people see. */
export function shortId(id: string): string {
  return id.slice(0, 16)
}

/** SHA-256 of the address: trimmed, ASCII in lower case, without one `.git` and then one `/` at its end. */
export function idOfRemote(url: string): Result<string, WorkspaceError> {
  const lower = trimWhiteSpace(url).replace(/[A-Z]/g, letter => letter.toLowerCase())
  const plain = lower.replace(/\.git$/, '').replace(/\/$/, '')
  return plain === '' ? err({ code: 'EmptyRemote' }) : ok(createHash('sha256').update(plain).digest('hex'))
}

/** A workspace that belongs to no repository: the 16 bytes of a ULID and 16 zeros. */
export function idOfUlid(ulid: Uint8Array): string {
  if (ulid.length !== 16) throw new Error('a ULID has 16 bytes')
  return Buffer.concat([ulid, Buffer.alloc(16)]).toString('hex')
}

/** Directories that are looked at on the way up; deeper nesting is no honest path. */
const levelsMax = 512

/** The demo's memory belongs to no repository. */
export const demoWorkspace = 'demo'

/**
 * The workspace of `start`: the nearest directory above it with a `.git`. A `.git` *file* (a worktree, a submodule)
 * leads to its own repository, never to one around it.
 */
export function findWorkspace(start: string): Result<Workspace, WorkspaceError> {
  let directory = real(start)
  for (let level = 0; level < levelsMax; level++) {
    const found = repositoryAt(directory)
    if (found !== undefined) return found.ok ? idAt(directory, found.value) : found
    const parent = dirname(directory)
    if (parent === directory) break
    directory = parent
  }
  return err({ code: 'NoActiveWorkspace', start })
}

/** The directory that holds the repository's `config`; undefined where there is no `.git`. */
function repositoryAt(directory: string): Result<string, WorkspaceError> | undefined {
  const path = join(directory, '.git')
  const kind = kindAt(path)
  if (kind === 'directory') return ok(real(path))
  if (kind !== 'file') return kind === undefined ? undefined : err({ code: 'Io', path, errno: kind.errno })
  const text = readText(path)
  if (!text.ok) return text
  const line = text.value.split('\n').find(text => text.startsWith('gitdir:')) ?? ''
  const target = trimWhiteSpace(line.slice('gitdir:'.length))
  if (target === '') return err({ code: 'NoOriginRemote', path: directory })
  const gitDirectory = real(isAbsolute(target) ? target : resolve(directory, target))
  return ok(commonDirectoryOf(gitDirectory))
}

function kindAt(path: string): 'directory' | 'file' | { readonly errno: string } | undefined {
  try {
    const entry = statSync(path, { throwIfNoEntry: false })
    return entry?.isDirectory() === true ? 'directory' : entry?.isFile() === true ? 'file' : undefined
  } catch (thrown) {
    return { errno: errnoOf(thrown) }
  }
}

/** A worktree shares the configuration of its repository (`commondir`); a submodule has its own. */
function commonDirectoryOf(gitDirectory: string): string {
  const common = readText(join(gitDirectory, 'commondir'))
  if (!common.ok) return gitDirectory
  const target = common.value.trim()
  return target === '' ? gitDirectory : real(resolve(gitDirectory, target))
}

function idAt(root: string, repository: string): Result<Workspace, WorkspaceError> {
  const config = readText(join(repository, 'config'))
  if (!config.ok) return config
  const url = originOf(config.value)
  if (url === undefined) return err({ code: 'NoOriginRemote', path: root })
  const id = idOfRemote(url)
  return id.ok ? ok({ id: id.value, root }) : err({ code: 'InvalidRemote', path: root })
}

/** The first `url` of the section of `origin`, as the reference reads it: no quotes, escapes or includes. */
export function originOf(config: string): string | undefined {
  let isOrigin = false
  for (const raw of config.split('\n')) {
    const line = trimWhiteSpace(raw)
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    if (line.startsWith('[')) {
      const name = trimWhiteSpace(trimmed(line, sign => sign === '[' || sign === ']'))
      isOrigin = name === 'remote "origin"' || name === "remote 'origin'" || name === 'remote origin'
      continue
    }
    const value = isOrigin ? /^url *=(.*)$/.exec(line)?.[1] : undefined
    if (value !== undefined) return trimWhiteSpace(value)
  }
  return undefined
}

const textBytesMax = 1024 ** 2

function readText(path: string): Result<string, WorkspaceError> {
  try {
    const entry = statSync(path)
    if (!entry.isFile() || entry.size > textBytesMax) return err({ code: 'Io', path, errno: 'EINVAL' })
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)))
  } catch (thrown) {
    // What is no UTF-8 has no code of the system.
    const errno = thrown instanceof TypeError ? 'EILSEQ' : errnoOf(thrown)
    if (errno === 'UNKNOWN') throw thrown
    return err({ code: 'Io', path, errno })
  }
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

/** Unicode's White_Space, which JavaScript's `trim` is not. */
const whiteSpace = /[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

function trimWhiteSpace(text: string): string {
  return trimmed(text, sign => whiteSpace.test(sign))
}

/** A loop and no pattern: a pattern that ends in `+$` takes the square of the time on a line made for it. */
function trimmed(text: string, isCut: (sign: string) => boolean): string {
  let start = 0
  let end = text.length
  while (start < end && isCut(text.charAt(start))) start++
  while (end > start && isCut(text.charAt(end - 1))) end--
  return text.slice(start, end)
}
