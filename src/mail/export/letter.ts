import type { ListedMessage } from '../store/index.ts'

/** A message on its way out: what the store knows of it, and its source. */
export interface Letter {
  readonly listed: ListedMessage
  readonly raw: Uint8Array
}
