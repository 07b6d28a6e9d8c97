/**
 * 64-bit integers that cost nothing where they are small: a `number` while it is exact, a `bigint` beyond 2^53 - 1.
 * The form is unique for each value, so `===` and Map keys are right, and JavaScript compares the two kinds exactly.
 * Arithmetic goes through BigInt wherever a result may leave the safe range; nothing here rounds.
 */
export type U64 = number | bigint
export type I64 = number | bigint

export const U64_MAX: bigint = 0xffff_ffff_ffff_ffffn
export const I64_MIN: bigint = -(2n ** 63n)
export const I64_MAX: bigint = 2n ** 63n - 1n

/** The one form of an integer of any size: what every producer of a U64 or I64 hands out. */
export function normal(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

/** One more; the caller has ruled out 2^64 - 1. */
export function next(value: U64): U64 {
  return typeof value === 'number' && value < Number.MAX_SAFE_INTEGER ? value + 1 : normal(BigInt(value) + 1n)
}

export function max(a: U64, b: U64): U64 {
  return a > b ? a : b
}
