/** Time as an argument: `now` in ms since the epoch (may jump), `monotonicMs` only ever grows. */
export interface Clock {
  now(): number
  monotonicMs(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
}
