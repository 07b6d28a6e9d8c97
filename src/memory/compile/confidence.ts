import { err, ok, type Result } from '#base/result.ts'
import type { Confidence } from '../canonical/record.ts'

export type ConfidenceError =
  | { readonly code: 'NotANumber' }
  /** The value as binary32 holds it. */
  | { readonly code: 'OutOfRange'; readonly value: number }

export const CONFIDENCE_MAX = 65_535

/** A literal becomes binary32 first, as the format's readers do, so that 1.00000001 is 1.0 and 1.0000001 is not. */
export function confidenceOf(literal: number): Result<Confidence, ConfidenceError> {
  const single = Math.fround(literal)
  if (Number.isNaN(single)) return err({ code: 'NotANumber' })
  if (single < 0 || single > 1) return err({ code: 'OutOfRange', value: single })
  return ok(roundHalfToEven(single * CONFIDENCE_MAX) + 0) // -0 is 0
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}
