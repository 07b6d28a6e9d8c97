import { EXIT } from '#base/failure.ts'

/** One step of a verification, as it is printed. */
export interface Step {
  readonly outcome: 'ok' | 'differs' | 'failed' | 'skipped'
  readonly what: string
}

export type Say = (step: Step) => void

/** Prints the outcome of all steps and turns it into an exit code. */
export function verdictOf(steps: readonly Step[], say: Say): number {
  const outcomes = new Set(steps.map(({ outcome }) => outcome))
  if (outcomes.has('differs')) return end(say, 'differs', 'do not run it: it is not what it says it is', EXIT.integrity)
  if (outcomes.has('failed')) return end(say, 'failed', 'not verified', EXIT.failed)
  if (!outcomes.has('skipped')) return end(say, 'ok', 'verified', EXIT.done)
  return end(say, 'ok', 'as far as it could be checked: see what was skipped', EXIT.done)
}

function end(say: Say, outcome: Step['outcome'], what: string, exit: number): number {
  say({ outcome, what })
  return exit
}
