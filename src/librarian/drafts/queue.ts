import { randomBytes } from 'node:crypto'
import { linkSync, lstatSync, mkdirSync, renameSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { syncDirectory } from '#base/durable.ts'
import { err, ok, type Result } from '#base/result.ts'
import { codeOf, namesIn, readPlainFile, writeNew } from '../plain-file.ts'
import { type Draft, type DraftError, decodeDraft, draftLimits, encodeDraft, type NewDraft, newDraft } from './draft.ts'
import { decodeProposal, encodeProposal, proposalBytesMax } from './proposal.ts'
import { type DraftState, draftStates, isMove, terminalStates } from './state.ts'

/**
 * Drafts as files; the directory that a file lies in is the state of the draft. Every move makes the new name first
 * and never replaces one, so that a crash leaves a draft in one place or, for a moment, in two that are the same file.
 * What cannot be read is put aside with the reason and stops nothing else.
 */
export class DraftQueue {
  readonly #directory: string
  readonly #key: Uint8Array

  private constructor(directory: string, key: Uint8Array) {
    this.#directory = directory
    this.#key = key
  }

  /** `directory` is private to the person. With `create: false` nothing is made, and a missing queue is empty. */
  static open(directory: string, options: { readonly create: boolean }): Result<DraftQueue, QueueError> {
    try {
      if (options.create) {
        for (const state of [...draftStates, 'work'])
          mkdirSync(join(directory, state), { recursive: true, mode: 0o700 })
      }
      return ok(new DraftQueue(directory, keyOf(directory, options.create)))
    } catch (cause) {
      return err({ code: 'queue_unusable', message: reason(cause) })
    }
  }

  /** A draft that is here in any state is not proposed again: its state is the answer. */
  submit(given: NewDraft, now: number): Result<Submitted, DraftError | QueueError> {
    const made = newDraft(given, now)
    if (!made.ok) return made
    const draft = made.value
    const before = this.stateOf(draft.id)
    if (before !== undefined) return ok({ draft, state: before, isNew: false })
    try {
      const isNew = this.#write(join(this.#directory, 'pending', fileOf(draft.id)), encodeDraft(draft, this.#key))
      return ok({ draft, state: 'pending', isNew })
    } catch (cause) {
      return err({ code: 'queue_unusable', message: reason(cause) })
    }
  }

  stateOf(id: string): DraftState | undefined {
    return draftStates.find(state => exists(join(this.#directory, state, fileOf(id))))
  }

  /** The ids in a state, in the order of their names; reads no draft. */
  ids(state: DraftState): readonly string[] {
    return namesIn(join(this.#directory, state))
      .map(name => /^([0-9a-f]{32})\.json$/.exec(name)?.[1])
      .filter(id => id !== undefined)
      .sort()
  }

  /** Names in a state's directory that are no drafts of ours: put there by something else. */
  strays(state: DraftState): readonly string[] {
    return namesIn(join(this.#directory, state)).filter(name => !/^[0-9a-f]{32}\.json$/.test(name))
  }

  read(id: string, state?: DraftState): Result<Draft, DraftError | QueueError> {
    const found = state ?? this.stateOf(id)
    if (found === undefined) return err({ code: 'draft_unknown', message: `there is no draft ${id}` })
    const bytes = readPlainFile(join(this.#directory, found, fileOf(id)), draftLimits.fileBytesMax)
    if (bytes === undefined) return err({ code: 'draft_unknown', message: `there is no draft ${id} in ${found}` })
    const decoded = decodeDraft(bytes, this.#key)
    if (!decoded.ok) return decoded
    if (decoded.value.id !== id) return err({ code: 'draft_id_mismatch', message: 'the file bears another name' })
    return decoded
  }

  /** Takes a draft for work. Undefined when somebody else has it. */
  claim(id: string, now: number): Result<Work | undefined, QueueError> {
    const work: Work = { ...this.work(id), claimedAt: now, pid: process.pid }
    const moved = this.#move(id, 'pending', 'processing')
    if (!moved.ok) return moved.error.code === 'draft_unknown' ? ok(undefined) : moved
    return this.note(id, work) ?? ok(work)
  }

  /** Moves a draft on; a target that is the same draft already counts as moved. */
  move(id: string, from: DraftState, to: DraftState): Result<undefined, QueueError> {
    if (!isMove(from, to)) return err({ code: 'move_forbidden', message: `a draft goes not from ${from} to ${to}` })
    const moved = this.#move(id, from, to)
    if (moved.ok && terminalStates.has(to)) this.#forgetClaim(id)
    return moved
  }

  /** What is known of the work on a draft, over all its attempts. */
  work(id: string): Work {
    const bytes = readPlainFile(join(this.#directory, 'work', fileOf(id)), 64 * 1024)
    const known = bytes === undefined ? undefined : workOf(bytes)
    return known ?? { attempts: 0, claimedAt: 0, pid: 0 }
  }

  /** Replaces the note; the error if it could not be written. */
  note(id: string, work: Work): Result<never, QueueError> | undefined {
    return this.#replace(join('work', fileOf(id)), JSON.stringify(work))
  }

  #replace(name: string, text: string): Result<never, QueueError> | undefined {
    try {
      const temporary = join(this.#directory, 'work', `.${randomBytes(12).toString('hex')}`)
      writeNew(temporary, text)
      renameSync(temporary, join(this.#directory, name))
      return undefined
    } catch (cause) {
      return err({ code: 'queue_unusable', message: reason(cause) })
    }
  }

  /** Keeps what a model proposed of a draft, for a person to decide on what was said and not on a later answer. */
  keepProposal(id: string, forms: readonly string[]): QueueError | undefined {
    const kept = this.#replace(join('work', proposalOf(id)), encodeProposal(id, forms, this.#key))
    return kept?.ok === false ? kept.error : undefined
  }

  /** Undefined where there is none that this Postern wrote. */
  proposalOf(id: string): readonly string[] | undefined {
    const bytes = readPlainFile(join(this.#directory, 'work', proposalOf(id)), proposalBytesMax)
    return bytes === undefined ? undefined : decodeProposal(id, bytes, this.#key)
  }

  /** Drafts whose worker is gone go back to wait; which ones. */
  recover(cutoff: number, isAlive: (pid: number) => boolean): readonly string[] {
    return this.ids('processing').filter(id => {
      const { claimedAt, pid } = this.work(id)
      const isStale = claimedAt <= cutoff || !isAlive(pid)
      return isStale && this.#move(id, 'processing', 'pending').ok
    })
  }

  #move(id: string, from: DraftState, to: DraftState): Result<undefined, QueueError> {
    const source = join(this.#directory, from, fileOf(id))
    const target = join(this.#directory, to, fileOf(id))
    try {
      linkSync(source, target)
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT')
        return err({ code: 'draft_unknown', message: `there is no draft ${id} in ${from}` })
      if (codeOf(cause) !== 'EEXIST') return err({ code: 'queue_unusable', message: reason(cause) })
      if (!sameContent(source, target)) {
        return err({ code: 'draft_exists', message: `there is another draft ${id} in ${to}` })
      }
    }
    try {
      unlinkSync(source)
      syncDirectory(join(this.#directory, to))
      return ok(undefined)
    } catch (cause) {
      // Somebody else has moved it the same way at the same moment: it is theirs.
      return codeOf(cause) === 'ENOENT'
        ? err({ code: 'draft_unknown', message: `draft ${id} was taken by somebody else` })
        : err({ code: 'queue_unusable', message: reason(cause) })
    }
  }

  #forgetClaim(id: string): void {
    const work = this.work(id)
    if (work.pid !== 0) this.note(id, { ...work, pid: 0 })
  }

  /** False when there is one already. */
  #write(path: string, text: string): boolean {
    const temporary = join(this.#directory, 'work', `.${randomBytes(12).toString('hex')}`)
    writeNew(temporary, text)
    try {
      linkSync(temporary, path)
      syncDirectory(join(path, '..'))
      return true
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw cause
      return false
    } finally {
      unlinkSync(temporary)
    }
  }
}

export interface Submitted {
  readonly draft: Draft
  readonly state: DraftState
  readonly isNew: boolean
}

export interface Work {
  readonly attempts: number
  readonly claimedAt: number
  /** Of the process that has it; 0 for none. */
  readonly pid: number
  readonly lastError?: { readonly stage: string; readonly code: string }
}

export type QueueError = { readonly code: QueueErrorCode; readonly message: string }
export type QueueErrorCode =
  | 'queue_unusable'
  | 'draft_unknown'
  | 'draft_exists'
  | 'move_forbidden'
  | 'draft_id_mismatch'

const keyBytes = 32

function keyOf(directory: string, create: boolean): Uint8Array {
  const path = join(directory, 'key')
  const known = readPlainFile(path, keyBytes)
  if (known !== undefined && known.length === keyBytes) return known
  if (known !== undefined) throw new Error(`${path} is damaged`)
  if (!create) return new Uint8Array(keyBytes)
  const temporary = join(directory, 'work', `.${randomBytes(12).toString('hex')}`)
  writeNew(temporary, randomBytes(keyBytes))
  try {
    linkSync(temporary, path)
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw cause
  } finally {
    unlinkSync(temporary)
  }
  return keyOf(directory, false)
}

function sameContent(a: string, b: string): boolean {
  const one = readPlainFile(a, draftLimits.fileBytesMax)
  const other = readPlainFile(b, draftLimits.fileBytesMax)
  return one !== undefined && other !== undefined && Buffer.compare(one, other) === 0
}

function workOf(bytes: Uint8Array): Work | undefined {
  try {
    const work: unknown = JSON.parse(Buffer.from(bytes).toString())
    return isWork(work) ? work : undefined
  } catch {
    return undefined // a note that a crash cut short: the draft is simply tried again
  }
}

function isWork(value: unknown): value is Work {
  if (typeof value !== 'object' || value === null) return false
  const { attempts, claimedAt, pid } = value as Partial<Work>
  return [attempts, claimedAt, pid].every(each => typeof each === 'number')
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function fileOf(id: string): string {
  if (!/^[0-9a-f]{32}$/.test(id)) throw new Error('not the id of a draft')
  return `${id}.json`
}

function proposalOf(id: string): string {
  return fileOf(id).replace(/json$/, 'forms.json')
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
