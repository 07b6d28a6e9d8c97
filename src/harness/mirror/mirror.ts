import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import { systemFiles } from '#memory/canonical/files.ts'
import { acquireLock } from '#memory/canonical/lock.ts'
import { logHeader } from '#memory/canonical/log-file.ts'
import { thisMachine } from '#memory/canonical/machine.ts'
import type { SealKeys } from '#memory/canonical/seal.ts'
import { checkImage, type Image, type ImageError, readImage, withScratch, writeImage } from '#memory/image.ts'
import { MemoryReader } from '#memory/reader.ts'
import { type StoreError, storeErrorText } from '#memory/store-error.ts'
import { findings, type Verification } from '#memory/verify.ts'
import { type GitError, Repository } from './git.ts'
import { type Relation, relationOf } from './relation.ts'
import type { Remote } from './remote.ts'

/**
 * A copy of a memory in a Git repository: pushed and pulled when a person says so, and only ever grown. What comes from
 * there is verified before anything here is touched; what stands here and there as two histories is refused, and
 * `reconcile` is the way out. Drafts are not copied: they are proposals of this machine.
 */
export interface MirrorOptions {
  readonly log: string
  readonly remote: Remote
  readonly env: Readonly<Record<string, string | undefined>>
  readonly keys: SealKeys
  readonly now: number
}

export interface MirrorError {
  readonly code:
    | GitError['code']
    | 'log_unsound'
    | 'mirror_unsound'
    | 'diverged'
    | 'remote_ahead'
    | 'nothing_there'
    | 'log_locked'
    | 'log_unreadable'
  readonly message: string
}

export interface Both {
  readonly relation: Relation
  readonly local: Image | undefined
  readonly remote: Image | undefined
  /** The commit that the branch is at. */
  readonly head: string | undefined
  readonly repository: Repository
}

const logBytesMax = 1 << 30

/** Fetches, and holds what is here against what is there. */
export async function lookAtBoth(options: MirrorOptions): Promise<Result<Both, MirrorError>> {
  const there = await fetched(options)
  if (!there.ok) return there
  const here = readImage(options.log, options.keys)
  if (!here.ok) return err(ofImage(here.error, options.log, 'log_unsound'))
  const local = here.value?.image
  return ok({ ...there.value, local, relation: relationOf(local?.log, there.value.remote?.log) })
}

type There = Pick<Both, 'remote' | 'head' | 'repository'>

async function fetched({ log, remote, env }: MirrorOptions): Promise<Result<There, MirrorError>> {
  const opened = await Repository.open(dirname(log), remote, env)
  if (!opened.ok) return opened
  const repository = opened.value
  const head = await repository.update()
  if (!head.ok) return head
  const image = head.value === undefined ? ok(undefined) : await imageOf(repository, head.value, pathsOf(log))
  return image.ok ? ok({ remote: image.value, head: head.value, repository }) : image
}

export interface Pushed {
  readonly relation: Relation
  /** False when there was nothing to bring. */
  readonly published: boolean
}

export async function push(options: MirrorOptions): Promise<Result<Pushed, MirrorError>> {
  const both = await lookAtBoth(options)
  if (!both.ok) return both
  const { relation, local, remote, head, repository } = both.value
  if (relation === 'diverged') return err(diverged)
  if (relation === 'remote_ahead' || relation === 'remote_only') {
    return err({ code: 'remote_ahead', message: 'the copy has more than there is here' })
  }
  if (local === undefined) return err({ code: 'nothing_there', message: 'there is no memory to push' })
  const isSame = relation === 'synced' && sealOf(local).equals(sealOf(remote))
  if (isSame) return ok({ relation, published: false })
  const paths = pathsOf(options.log)
  const files = [
    { path: paths.log, bytes: local.log },
    ...(local.seal === undefined ? [] : [{ path: paths.seal, bytes: local.seal }]),
  ]
  const commit = await repository.commit(head, files, { message: 'Keep a copy of a memory', at: options.now })
  if (!commit.ok) return commit
  const pushed = await repository.push(commit.value)
  return pushed.ok ? ok({ relation, published: true }) : pushed
}

export interface Pulled {
  readonly relation: Relation
  /** Bytes that came. */
  readonly added: number
  readonly found: Verification | undefined
}

export async function pull(options: MirrorOptions): Promise<Result<Pulled, MirrorError>> {
  const there = await fetched(options)
  if (!there.ok) return there
  const { remote } = there.value
  if (remote === undefined) return err({ code: 'nothing_there', message: 'there is no copy of this memory yet' })
  const checked = checkImage(remote, dirname(options.log), options.keys)
  if (!checked.ok) return err(ofImage(checked.error, 'the copy', 'mirror_unsound'))
  return underLock<Pulled>(options, () => {
    if (isStopped(options.log, remote)) {
      writeImage(options.log, remote)
      return ok({ relation: 'synced', added: 0, found: checked.value })
    }
    const here = readImage(options.log, options.keys)
    if (!here.ok) return err(ofImage(here.error, options.log, 'log_unsound'))
    const local = here.value?.image
    const relation = relationOf(local?.log, remote.log)
    if (relation === 'diverged') return err(diverged)
    if (relation === 'local_ahead') return ok({ relation, added: 0, found: undefined })
    if (relation === 'synced' && sealOf(local).length >= sealOf(remote).length) {
      return ok({ relation, added: 0, found: undefined })
    }
    writeImage(options.log, remote)
    return ok({ relation, added: remote.log.length - (local?.log.length ?? logHeader.length), found: checked.value })
  })
}

/** A pull that was stopped between the log and its seal has left the copy's very bytes, and a seal that lacks them. */
function isStopped(log: string, remote: Image): boolean {
  return systemFiles.kind(log) === 'file' && readFileSync(log).equals(remote.log) && !readImage(log, {}).ok
}

export interface Drilled {
  readonly relation: Relation
  readonly found: Verification
  /** What a restored memory answers to a query for anything. */
  readonly memories: number
  /** Of what is here, how much would be lost, in bytes. */
  readonly behind: number
}

/** Restores the copy into a directory of its own, verifies and asks it, and takes it away: nothing here is touched. */
export async function drill(options: MirrorOptions): Promise<Result<Drilled, MirrorError>> {
  const both = await lookAtBoth(options)
  if (!both.ok) return both
  const { relation, local, remote } = both.value
  if (remote === undefined) return err({ code: 'nothing_there', message: 'there is no copy to restore from' })
  const checked = checkImage(remote, dirname(options.log), options.keys)
  if (!checked.ok) return err(ofImage(checked.error, 'the copy', 'mirror_unsound'))
  return withScratch<Result<Drilled, MirrorError>>(remote, dirname(options.log), path => {
    const opened = MemoryReader.open(path, { keys: options.keys })
    if (!opened.ok) return err({ code: 'mirror_unsound', message: storeErrorText(opened.error) })
    try {
      const memories = opened.value.pipeline.state.memories.length
      const behind = Math.max(0, (local?.log.length ?? 0) - remote.log.length)
      return ok({ relation, found: checked.value, memories, behind })
    } finally {
      opened.value.close()
    }
  })
}

/** Runs `work` as the one that writes the log. */
export function underLock<T>({ log, now }: MirrorOptions, work: () => Result<T, MirrorError>): Result<T, MirrorError> {
  const lock = acquireLock(log, { files: systemFiles, machine: thisMachine(), owner: 'postern memory remote', now })
  if (!lock.ok) {
    const message =
      lock.error.code === 'Io' ? `the lock cannot be taken (${lock.error.errno})` : 'somebody else writes this memory'
    return err({ code: 'log_locked', message })
  }
  try {
    return work()
  } finally {
    lock.value.release()
  }
}

async function imageOf(
  repository: Repository,
  commit: string,
  paths: Paths,
): Promise<Result<Image | undefined, MirrorError>> {
  const log = await repository.file(commit, paths.log, logBytesMax)
  if (!log.ok || log.value === undefined) return log.ok ? ok(undefined) : log
  const seal = await repository.file(commit, paths.seal, logBytesMax)
  return seal.ok ? ok({ log: log.value, seal: seal.value }) : seal
}

interface Paths {
  readonly log: string
  readonly seal: string
}

/** By the workspace that a log belongs to, so that one repository can keep several. */
function pathsOf(log: string): Paths {
  const name = basename(dirname(log))
  const workspace = /^(?:[0-9a-f]{64}|demo)$/.test(name) ? name : 'other'
  return { log: `workspaces/${workspace}/canonical.log`, seal: `workspaces/${workspace}/canonical.seal` }
}

function sealOf(image: Image | undefined): Buffer {
  return image?.seal ?? Buffer.alloc(0)
}

const diverged: MirrorError = {
  code: 'diverged',
  message: 'what is here and what is there grew apart: neither is the beginning of the other',
}

export function ofImage(error: ImageError, what: string, code: 'log_unsound' | 'mirror_unsound'): MirrorError {
  if (error.code === 'store')
    return { code: code === 'log_unsound' ? 'log_unreadable' : code, message: `${what}: ${wordsOf(error.error)}` }
  const said = findings(error.found).join('; ')
  return { code, message: `${what}: ${said === '' ? 'it ends in the middle of a batch' : said}` }
}

function wordsOf(error: StoreError): string {
  return storeErrorText(error)
}
