const firstMs = 1_000
const longestMs = 5 * 60 * 1000

/** One second, two, four … five minutes, each somewhere between its half and itself, so that clients do not come in step. */
export function backoffMs(attempts: number, random: () => number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempts - 1, 20))
  return Math.round(full / 2 + (full / 2) * random())
}
