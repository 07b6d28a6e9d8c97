import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** The vectors, byte for byte as they were produced. */
const directory = new URL('../vectors/memory/', import.meta.url)

export interface ParseCase {
  readonly input: string
  readonly ok: boolean
  readonly forms?: number
  readonly debug?: string
  readonly error?: string
  readonly message?: string
}

export interface ScenarioStep {
  readonly op: 'commit' | 'query' | 'reopen'
  readonly now?: string
  readonly input?: string
  readonly episode?: string
  readonly error?: string
  readonly message?: string
  readonly log_len?: number
  readonly records?: readonly string[]
  readonly filtered?: readonly (readonly [string, string])[]
  readonly framings?: readonly string[]
  readonly flags?: number
  readonly as_of?: string
  readonly as_committed?: string
  readonly query_committed_at?: string
}

export interface Scenario {
  readonly name: string
  readonly steps: readonly ScenarioStep[]
  readonly file_hex: string
}

export interface Core {
  readonly parse: readonly ParseCase[]
  readonly scenarios: readonly Scenario[]
  readonly confidence: readonly (readonly [string, number | null, string])[]
  readonly decay_table: readonly number[]
  readonly decay_factor: readonly (readonly [string, string, number])[]
  readonly effective: readonly (readonly [number, number, string, string, number])[]
  readonly inference: readonly (readonly [string, readonly number[], number | string])[]
}

export interface ProgramStep {
  readonly commit?: string
  readonly now?: string
  readonly query?: string
  readonly ok: boolean
  readonly err?: string
  readonly committed_at?: number
  readonly log_len?: number
  readonly flags?: number
  readonly records?: readonly string[]
}

export interface Program {
  readonly name: string
  readonly steps: readonly ProgramStep[]
  readonly log: { readonly len: number; readonly sha256: string }
}

export function core(): Core {
  return JSON.parse(readFileSync(new URL('core.json', directory), 'utf8'))
}

export function programs(): Program[] {
  const names = readdirSync(directory).filter(name => name.startsWith('random-'))
  return names
    .sort()
    .map(name => ({ name, ...JSON.parse(gunzipSync(readFileSync(new URL(name, directory))).toString()) }))
}
