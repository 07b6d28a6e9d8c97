import { type DecodeError, decodeErrorText } from './canonical/decode-error.ts'
import type { LockHolder } from './canonical/lock.ts'
import { type LogError, logErrorText } from './canonical/log-file.ts'
import { type SealError, sealErrorText } from './canonical/seal.ts'
import {
  type CompileError,
  type DagError,
  describeCompileError,
  describeDagError,
  errorPath,
  type ReplayError,
} from './compile/compile-error.ts'

/** Why the store refused. `storeErrorName` gives the dotted name that agents and comparisons branch on. */
export type StoreError =
  | { readonly code: 'Pipeline'; readonly inner: CompileError }
  | { readonly code: 'Log'; readonly inner: LogError }
  /** Bytes that no crash explains; the file was not touched. */
  | { readonly code: 'CorruptTail'; readonly offset: number; readonly inner: DecodeError }
  /** Edges that can be read, and cannot have come about in this order. */
  | { readonly code: 'DagReplay'; readonly inner: DagError }
  | { readonly code: 'InvalidEpisodeMetadata'; readonly reason: string }
  | { readonly code: 'Seal'; readonly inner: SealError }
  | { readonly code: 'Locked'; readonly path: string; readonly holder: LockHolder | undefined }
  | { readonly code: 'LockIo'; readonly errno: string }
  /** A commit failed and could not be taken back; the store must be opened again. */
  | { readonly code: 'Poisoned' }
  | { readonly code: 'Closed' }

/** `Pipeline.Semantic.FutureValidity`, `CorruptTail`: the codes from the outside in. */
export function storeErrorName(error: StoreError): string {
  // The cause of a damaged tail is data, not another name.
  return error.code === 'CorruptTail' ? error.code : errorPath(error)
}

export function storeErrorText(error: StoreError): string {
  switch (error.code) {
    case 'Pipeline':
      return `pipeline error: ${describeCompileError(error.inner)}`
    case 'Log':
      return `log error: ${logErrorText(error.inner)}`
    case 'CorruptTail':
      return `corrupt canonical log tail at offset ${error.offset}: ${decodeErrorText(error.inner)}`
    case 'DagReplay':
      return `supersession DAG replay failed: ${describeDagError(error.inner)}`
    case 'InvalidEpisodeMetadata':
      return `invalid episode metadata: ${error.reason}`
    case 'Seal':
      return `seal error: ${sealErrorText(error.inner)}`
    case 'Locked':
      return `workspace write lock already held: ${error.path}${heldBy(error.holder)}`
    case 'LockIo':
      return `workspace write lock i/o failed (${error.errno})`
    case 'Poisoned':
      return 'an earlier commit could not be taken back: open the store again'
    case 'Closed':
      return 'the store is closed'
  }
}

/** Why a committed record does not fit, in the words of the store. */
export function fromReplay(error: ReplayError): StoreError {
  return error.code === 'Dag' ? { code: 'DagReplay', inner: error.inner } : { code: 'Pipeline', inner: error }
}

function heldBy(holder: LockHolder | undefined): string {
  if (holder === undefined) return ''
  const process = holder.pid === undefined ? '' : `, process ${holder.pid}`
  const host = holder.host === undefined ? '' : ` on ${holder.host}`
  return ` (by ${holder.owner}${process}${host})`
}
