import type { Result } from '#base/result.ts'
import type { Secret } from '#base/secret.ts'

/** Why a place for secrets did not do what was asked. Messages never hold a secret or what a program printed of one. */
export interface KeepError {
  readonly code: 'keep_missing' | 'keep_locked' | 'keep_failed'
  readonly message: string
}

/** A place for secrets, each under a key such as `work` or `work/smtp`. */
export interface Keep {
  readonly kind: 'keychain' | 'file'
  /** For a person: `the system's keychain`, `the file …, readable by you alone and not encrypted`. */
  readonly title: string
  /** `keep_missing` says that this machine has no such place. */
  isThere(): Promise<Result<undefined, KeepError>>
  get(key: string): Promise<Result<Secret | undefined, KeepError>>
  set(key: string, secret: Secret): Promise<Result<undefined, KeepError>>
  /** Forgetting what is not there is done, not refused. */
  forget(key: string): Promise<Result<undefined, KeepError>>
}

/** A program that was run for a keep: the words, and what is handed to it. */
export interface KeepRun {
  readonly words: readonly string[]
  readonly input?: string
}

export const keepTimeoutMs = 30_000
export const keepOutputBytesMax = 16 * 1024
