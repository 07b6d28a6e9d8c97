import { scryptSync, timingSafeEqual } from 'node:crypto'

/**
 * What only the person knows, so that an agent with a shell of the same user cannot approve its own intents. It is
 * asked on the controlling terminal, kept as a scrypt hash, and every wrong try makes the next one wait longer.
 */
export interface PassphraseRow {
  readonly salt: Uint8Array
  readonly hash: Uint8Array
  readonly cost: number
}

/** 2^16 rounds of 1 KiB blocks of 8: some 200 ms and 64 MiB for each guess. */
const cost = 2 ** 16
const blockSize = 8
const hashBytes = 32
export const saltBytes = 16
export const passphraseLength = { least: 4, most: 256 } as const

export function isPassphrase(passphrase: string): boolean {
  const length = [...passphrase.normalize('NFKC')].length
  return length >= passphraseLength.least && length <= passphraseLength.most
}

export function hashPassphrase(passphrase: string, salt: Uint8Array): PassphraseRow {
  if (salt.length !== saltBytes) throw new Error('the random source gave too little')
  return { salt, hash: derived(passphrase, salt, cost), cost }
}

export function matchesPassphrase(passphrase: string, row: PassphraseRow): boolean {
  const hash = derived(passphrase, row.salt, row.cost)
  return hash.length === row.hash.length && timingSafeEqual(hash, row.hash)
}

/** Wrong tries since the last right one. Kept on disk, so that starting anew does not start over. */
export interface Tries {
  readonly failures: number
  readonly lastAt: number
}

export const noTries: Tries = { failures: 0, lastAt: 0 }

const freeTries = 3
const waitMs = 10_000
const waitMsMax = 3_600_000

/** When the next try is taken, in ms since the epoch; a clock that was set back does not lock for longer than the most. */
export function nextTryAt({ failures, lastAt }: Tries, now: number): number {
  if (failures < freeTries) return now
  const wait = Math.min(waitMs * 2 ** Math.min(failures - freeTries, 20), waitMsMax)
  return Math.min(lastAt, now) + wait
}

export function afterWrongTry({ failures }: Tries, now: number): Tries {
  return { failures: failures + 1, lastAt: now }
}

function derived(passphrase: string, salt: Uint8Array, N: number): Buffer {
  return scryptSync(passphrase.normalize('NFKC'), salt, hashBytes, { N, r: blockSize, p: 1, maxmem: 256 * 1024 ** 2 })
}
