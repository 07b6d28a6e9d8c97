import { type Exit, Failure } from '#base/failure.ts'
import type { LockHolder } from '#memory/canonical/lock.ts'
import type { CompileError } from '#memory/compile/compile-error.ts'
import type { Position } from '#memory/language/position.ts'
import { type StoreError, storeErrorName, storeErrorText } from '#memory/store-error.ts'

interface Answer {
  readonly exit: Exit
  readonly code: string
  readonly next?: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** The end of a command whose store refused: what happened, to which log, and what a person can do about it. */
export function storeFailure(error: StoreError, path: string): Failure {
  const { exit, code, next, data } = answerTo(error, path)
  return new Failure(exit, code, messageOf(error, path), {
    ...(next === undefined ? {} : { next }),
    data: { err: storeErrorName(error), ...data },
  })
}

function messageOf(error: StoreError, path: string): string {
  if (error.code === 'Pipeline' || error.code === 'InvalidEpisodeMetadata') return storeErrorText(error)
  if (error.code === 'Log' && error.inner.code === 'Missing') return `there is no memory log at ${path}`
  return `${path}: ${storeErrorText(error)}`
}

function answerTo(error: StoreError, path: string): Answer {
  switch (error.code) {
    case 'Pipeline':
      return { exit: 'usage', code: 'batch_refused', next: 'postern help memory commit', ...placeOf(error.inner) }
    case 'InvalidEpisodeMetadata':
      return { exit: 'usage', code: 'batch_refused' }
    case 'CorruptTail':
      return {
        exit: 'integrity',
        code: 'log_corrupt',
        next: `postern memory repair --log ${quoted(path)}`,
        data: { offset: error.offset },
      }
    case 'DagReplay':
      return { exit: 'integrity', code: 'log_inconsistent' }
    case 'Seal':
      if (error.inner.code === 'Io') return { exit: 'failed', code: 'seal_unreadable' }
      return { exit: 'integrity', code: 'seal_broken', next: `postern memory verify --log ${quoted(path)}` }
    case 'Locked':
      return { exit: 'try_later', code: 'log_locked', data: { holder: holderJson(error.holder) } }
    case 'Log':
      return logAnswer(error.inner.code, path)
    case 'LockIo':
      return { exit: 'failed', code: 'lock_unwritable' }
    case 'Poisoned':
    case 'Closed':
      return { exit: 'failed', code: 'commit_failed' }
  }
}

function logAnswer(code: Extract<StoreError, { code: 'Log' }>['inner']['code'], path: string): Answer {
  switch (code) {
    case 'Missing':
      return { exit: 'not_found', code: 'log_missing', next: `postern memory init --log ${quoted(path)}` }
    case 'IncompatibleFormat':
      return { exit: 'integrity', code: 'not_a_log' }
    case 'NotAFile':
      return { exit: 'failed', code: 'not_a_file' }
    case 'TooLarge':
      return { exit: 'failed', code: 'log_too_large' }
    case 'Changed':
      return { exit: 'try_later', code: 'log_changed' }
    case 'Io':
      return { exit: 'failed', code: 'log_unreadable' }
  }
}

/** Where in the text, for errors that know it. */
function placeOf(error: CompileError): { readonly data?: Readonly<Record<string, unknown>> } {
  const position = positionOf(error)
  return position === undefined ? {} : { data: { position } }
}

function positionOf(error: CompileError): Position | undefined {
  if (error.code !== 'Parse') return undefined
  const at = error.inner.code === 'Lex' ? error.inner.inner : error.inner
  return 'pos' in at ? at.pos : undefined
}

const lineCharactersMax = 100

/** The line of the text with a mark under the place; '' where the error knows none. */
export function markedLine(error: StoreError, text: string): string {
  const position = error.code === 'Pipeline' ? positionOf(error.inner) : undefined
  if (position === undefined) return ''
  const characters = [...(text.split('\n')[position.line - 1] ?? '')]
  const start = Math.max(0, position.column - 1 - lineCharactersMax / 2)
  const shown = characters.slice(start, start + lineCharactersMax).join('')
  return `\n  ${shown}\n  ${' '.repeat(position.column - 1 - start)}^`
}

/** Quoted for a POSIX shell, so that a command can be pasted whatever the path contains. */
export function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}

export function holderJson(holder: LockHolder | undefined): Record<string, unknown> | null {
  if (holder === undefined) return null
  return {
    owner: holder.owner,
    pid: holder.pid ?? null,
    host: holder.host ?? null,
    acquired_at: holder.acquiredAtMs ?? null,
  }
}
