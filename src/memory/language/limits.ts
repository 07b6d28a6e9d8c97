/** What a surface takes from its caller. The log knows no such limits: what is committed can always be replayed. */
export interface Limits {
  /** UTF-8 bytes, looked at before anything else. */
  readonly batchBytesMax: number
  readonly formsMax: number
  /** UTF-8 bytes of one string, its quotes aside. */
  readonly stringBytesMax: number
  readonly nameBytesMax: number
}

export const SURFACE_LIMITS: Limits = {
  batchBytesMax: 1024 * 1024,
  formsMax: 10_000,
  stringBytesMax: 64 * 1024,
  nameBytesMax: 256,
}
