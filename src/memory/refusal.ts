import { err, ok, type Result } from '#base/result.ts'

/**
 * How a recursive descent leaves with its one error: thrown where it is found, caught by `attempt` at the face of the
 * stage, which returns it as a value. It never leaves the room, and anything else that is thrown is a bug and passes.
 */
export class Refusal<E> {
  readonly error: E

  constructor(error: E) {
    this.error = error
  }
}

/** Runs a stage; whatever it refuses by `throw new Refusal(error)` is the error of the result. */
export function attempt<T, E>(stage: () => T): Result<T, E> {
  try {
    return ok(stage())
  } catch (refusal) {
    if (refusal instanceof Refusal) return err(refusal.error)
    throw refusal
  }
}
