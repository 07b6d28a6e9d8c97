import { type Exit, Failure } from '#base/failure.ts'
import type { MailReader } from '#mail/store/index.ts'
import type { Session } from '../../session.ts'

/**
 * One thing that the doctor looks at. A check only looks: it writes nothing, starts nothing, asks nobody outside this
 * machine. What it finds names the command that mends it, or says that there is none. Other parts add theirs to
 * `checks/index.ts`.
 */
export interface Check {
  /** A word, stable: programs tell checks apart by it. */
  readonly name: string
  /** What is well when nothing is found. */
  readonly sound: string
  /** Looked at only when the store can be opened. */
  readonly needsStore?: true
  readonly run: (patient: Patient) => Promise<readonly Finding[]> | readonly Finding[]
}

export interface Patient {
  readonly session: Session
  /** Undefined when there is no store, or none that can be opened. */
  readonly reader: MailReader | undefined
  /** Slow checks too. */
  readonly isThorough: boolean
}

export interface Finding {
  readonly code: string
  readonly message: string
  /** `damage`: what was kept is not what is there. `problem`: something does not work. `note`: good to know. */
  readonly severity: 'damage' | 'problem' | 'note'
  /** The command that mends it. */
  readonly next?: string
  readonly count?: number
}

export function findingOf(failure: Failure): Finding {
  return {
    code: failure.code,
    message: failure.message,
    severity: failure.exit === 'integrity' ? 'damage' : 'problem',
    ...(failure.next === undefined ? {} : { next: failure.next }),
  }
}

/** The finding that a refusal is; undefined when there was none. A bug is thrown on. */
export function refusalOf(look: () => unknown): Finding | undefined {
  try {
    look()
    return undefined
  } catch (error) {
    if (error instanceof Failure) return findingOf(error)
    throw error
  }
}

export function exitOf(findings: readonly Finding[]): Exit {
  if (findings.some(({ severity }) => severity === 'damage')) return 'integrity'
  return findings.some(({ severity }) => severity === 'problem') ? 'failed' : 'done'
}
