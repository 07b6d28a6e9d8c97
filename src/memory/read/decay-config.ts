import { parse, TomlError } from 'smol-toml'
import { SOURCES } from '../compile/source.ts'
import { normal, type U64, U64_MAX } from '../integer.ts'
import { attempt, Refusal } from '../refusal.ts'
import type { HalfLives } from './decay.ts'

export type DecayConfigError =
  | { readonly code: 'Parse'; readonly message: string }
  | { readonly code: 'ExpectedTable'; readonly path: string }
  | { readonly code: 'ExpectedNonNegInteger'; readonly path: string }
  | { readonly code: 'InvalidDays'; readonly path: string; readonly value: number | bigint }

export interface DecayConfig {
  readonly halfLives: HalfLives
  /** The first thing that was amiss; what stands before it in the order of the fields has been taken over. */
  readonly error: DecayConfigError | undefined
}

const dayMs = 86_400_000n

const semanticSources = [
  ...['profile', 'observation', 'self_report', 'participant_report', 'document', 'registry', 'policy'],
  ...['external_authority', 'agent_instruction', 'librarian_assignment', 'pending_verification'],
]
const episodicSources = ['observation', 'self_report', 'participant_report']

/**
 * Half-lives from TOML, in days, on top of those given: `[decay.semantic]`, `[decay.episodic]` by source, and `any` in
 * `[decay.procedural]`. 0 is for those that never age. Keys that mean nothing here are passed over: the file is
 * shared with other programs.
 *
 * @example readDecayConfig('[decay.semantic]\nprofile = 365', HALF_LIVES)
 */
export function readDecayConfig(text: string, current: HalfLives): DecayConfig {
  const taken = { semantic: { ...current.semantic }, episodic: { ...current.episodic }, procedural: current.procedural }
  const done = attempt<void, DecayConfigError>(() => {
    const decay = tableIn(document(text), 'decay', 'decay')
    const semantic = tableIn(decay, 'semantic', 'decay.semantic')
    for (const source of semanticSources) take(semantic, source, 'decay.semantic', taken.semantic)
    const episodic = tableIn(decay, 'episodic', 'decay.episodic')
    for (const source of episodicSources) take(episodic, source, 'decay.episodic', taken.episodic)
    const procedural = tableIn(decay, 'procedural', 'decay.procedural')
    taken.procedural = daysIn(procedural, 'any', 'decay.procedural') ?? taken.procedural
  })
  return { halfLives: taken, error: done.ok ? undefined : done.error }
}

export function describeDecayConfigError(error: DecayConfigError): string {
  switch (error.code) {
    case 'Parse':
      return `toml parse error: ${error.message}`
    case 'ExpectedTable':
      return `${error.path}: expected table`
    case 'ExpectedNonNegInteger':
      return `${error.path}: expected non-negative integer (days)`
    case 'InvalidDays':
      return `${error.path}: value ${error.value} is not a valid half-life (days ≥ 0)`
  }
}

type Table = ReadonlyMap<string, unknown>

function document(text: string): Table {
  try {
    // Only so is 30 told from 30.0, and 2^60 from what a number makes of it.
    return new Map(Object.entries(parse(text, { integersAsBigInt: true })))
  } catch (error) {
    if (error instanceof TomlError) return refuse({ code: 'Parse', message: error.message })
    throw error
  }
}

function tableIn(table: Table, key: string, path: string): Table {
  const value = table.get(key) ?? {}
  const isTable = typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)
  return isTable ? new Map(Object.entries(value)) : refuse({ code: 'ExpectedTable', path })
}

function take(table: Table, source: string, path: string, into: Partial<Record<string, U64>>): void {
  const days = daysIn(table, source, path)
  const kind = SOURCES.get(source)?.kind
  if (days !== undefined && kind !== undefined) into[kind] = days
}

/** Milliseconds; more days than fit are for ever so many. */
function daysIn(table: Table, key: string, path: string): U64 | undefined {
  const value = table.get(key)
  if (value === undefined) return undefined
  if (typeof value !== 'bigint') return refuse({ code: 'ExpectedNonNegInteger', path })
  if (value < 0n) return refuse({ code: 'InvalidDays', path, value: normal(value) })
  const milliseconds = value * dayMs
  return normal(milliseconds < U64_MAX ? milliseconds : U64_MAX)
}

function refuse(error: DecayConfigError): never {
  throw new Refusal(error)
}
