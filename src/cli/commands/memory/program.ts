import { gunzipSync } from 'node:zlib'
import { Failure } from '#base/failure.ts'
import { normal, type U64, U64_MAX } from '#memory/integer.ts'

/** A step of a program file: what is done to a store, the time of a commit given with it. */
export type Step =
  | { readonly type: 'commit'; readonly input: string; readonly now: U64 }
  | { readonly type: 'query'; readonly input: string }

/** More than any program that a person compares implementations with; a small file that unpacks to more is no program. */
export const programBytesMax = 256 * 1024 * 1024

/** `{"steps":[{"commit":TEXT,"now":MS},{"query":TEXT}]}`, gzipped or not; what else stands in it is passed over. */
export function readProgram(bytes: Uint8Array): readonly Step[] {
  const program = parsed(bytes[0] === 0x1f && bytes[1] === 0x8b ? unpacked(bytes) : bytes)
  const steps = isObject(program) ? program.steps : undefined
  if (!Array.isArray(steps)) throw malformed('it has no list of steps')
  return steps.map(stepOf)
}

function stepOf(step: unknown, index: number): Step {
  if (isObject(step) && typeof step.query === 'string') return { type: 'query', input: step.query }
  const now = isObject(step) ? clockOf(step.now) : undefined
  if (isObject(step) && typeof step.commit === 'string' && now !== undefined) {
    return { type: 'commit', input: step.commit, now }
  }
  throw malformed(`step ${index} is neither a query nor a commit with its time`)
}

/** Milliseconds as a number, or in digits where a number of JSON would not be exact. */
function clockOf(now: unknown): U64 | undefined {
  const isDigits = typeof now === 'string' && /^[0-9]{1,20}$/.test(now)
  const isExact = typeof now === 'number' && Number.isSafeInteger(now) && now >= 0
  if (!isDigits && !isExact) return undefined
  const value = BigInt(now)
  return value < U64_MAX ? normal(value) : undefined
}

function unpacked(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: programBytesMax })
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : String(cause))
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw malformed('it is not JSON')
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(why: string): Failure {
  return new Failure('usage', 'program_malformed', `this is no program of commits and queries: ${why}`, {
    next: 'postern help memory replay',
  })
}
