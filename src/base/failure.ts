/** What the process tells its caller. The numbers are a contract (docs/exit-codes.md). */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  held: 3,
  not_found: 4,
  refused: 5,
  integrity: 6,
  try_later: 75,
} as const

export type Exit = keyof typeof EXIT

/** What the process ends with: a command's own end, or the code of a program that ran in its place. */
export function exitCode(end: Exit | number | undefined): number {
  return typeof end === 'number' ? end : EXIT[end ?? 'done']
}

export interface FailureDetails {
  /** The command that gets the person further, written so that it can be pasted. */
  readonly next?: string
  /** What a program needs beyond the code. Identifiers and numbers, never mail or memory content, never a secret. */
  readonly data?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/**
 * An expected end of a command: thrown by a face once a room has answered with a refusal,
 * or by an effect that the environment refuses (a directory that is someone else's).
 *
 * @example throw new Failure('not_found', 'log_missing', 'no memory log at /x', { next: 'postern memory init' })
 */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exit: Exit
  readonly code: string
  readonly next: string | undefined
  readonly data: Readonly<Record<string, unknown>> | undefined

  constructor(exit: Exit, code: string, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.exit = exit
    this.code = code
    this.next = details.next
    this.data = details.data
  }
}
