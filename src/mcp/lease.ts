import { Buffer } from 'node:buffer'
import { timingSafeEqual } from 'node:crypto'

export type LeaseRefusal = 'no_lease' | 'lease_expired' | 'lease_token_mismatch'

const tokenBytes = 16

/**
 * The token of the memory that this session holds: whoever shows it may write. It lives in this process alone, is drawn
 * from the system's random source or not at all, and ends with its time.
 */
export class LeaseToken {
  readonly #random: (bytes: number) => Uint8Array
  readonly #now: () => number
  #held: { readonly token: string; endsAt: number } | undefined

  constructor({ random, now }: { readonly random: (bytes: number) => Uint8Array; readonly now: () => number }) {
    this.#random = random
    this.#now = now
  }

  /** One that has not ended. */
  get isHeld(): boolean {
    return this.#held !== undefined && this.#held.endsAt > this.#now()
  }

  /** Throws when the random source gives too little: a token that can be guessed is none. */
  mint(ttlMs: number): string {
    const bytes = this.#random(tokenBytes)
    if (bytes.length !== tokenBytes) throw new Error('the random source gave too little')
    const token = Buffer.from(bytes).toString('hex')
    this.#held = { token, endsAt: this.#now() + ttlMs }
    return token
  }

  check(token: string): LeaseRefusal | undefined {
    if (this.#held === undefined) return 'no_lease'
    if (!this.isHeld) {
      this.#held = undefined
      return 'lease_expired'
    }
    const [given, held] = [Buffer.from(token), Buffer.from(this.#held.token)]
    return given.length === held.length && timingSafeEqual(given, held) ? undefined : 'lease_token_mismatch'
  }

  extend(ttlMs: number): void {
    if (this.#held !== undefined) this.#held.endsAt = this.#now() + ttlMs
  }

  end(): void {
    this.#held = undefined
  }
}
