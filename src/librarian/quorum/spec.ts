import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { err, ok, type Result } from '#base/result.ts'

/** What a person asks a quorum: the question, what there is to know, and who takes part. */
export type QuorumSpec = v.InferOutput<typeof specSchema>
export type Participant = QuorumSpec['participants'][number]

export const roundNames = ['independent', 'critique', 'revision'] as const
export type Round = (typeof roundNames)[number]

export type QuorumErrorCode =
  | 'quorum_spec'
  | 'quorum_exists'
  | 'quorum_unknown'
  | 'quorum_damaged'
  | 'quorum_incomplete'
  | 'quorum_stopped'

export interface QuorumError {
  readonly code: QuorumErrorCode
  readonly message: string
}

export const specBytesMax = 512 * 1024
const text = (most: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(most))
const id = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_-]{0,39}$/))
/** One line: it stands in the draft's fields and in prompts beside what others wrote. */
const line = (most: number) => v.pipe(text(most), v.regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u))

const specSchema = v.pipe(
  v.strictObject({
    question: text(4_000),
    /** Tells apart what is asked twice. */
    name: v.optional(line(200)),
    project: v.optional(line(200)),
    /** Material that the participants judge by; others may have written it. */
    evidence: v.optional(text(200_000)),
    participants: v.pipe(
      v.array(v.strictObject({ id, processor: id, persona: line(1_000) })),
      v.minLength(2),
      v.maxLength(8),
    ),
    /** How many of the rounds, in their order. */
    rounds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3)), 3),
    /** Who puts together what was said; the first participant when left out. */
    synthesizer: v.optional(id),
  }),
  v.check(
    ({ participants }) => new Set(participants.map(each => each.id)).size === participants.length,
    'two participants have one id',
  ),
  v.check(
    ({ participants, synthesizer }) => synthesizer === undefined || participants.some(each => each.id === synthesizer),
    'the synthesizer is no participant',
  ),
)

export function readSpec(bytes: Uint8Array): Result<QuorumSpec, QuorumError> {
  if (bytes.length > specBytesMax) return err({ code: 'quorum_spec', message: `more than ${specBytesMax} bytes` })
  const parsed = v.safeParse(specSchema, jsonOf(bytes))
  if (parsed.success) return ok(parsed.output)
  const [issue] = parsed.issues
  const path = (issue.path ?? []).map(({ key }) => String(key)).join('.')
  return err({ code: 'quorum_spec', message: path === '' ? issue.message : `${path}: ${issue.message}` })
}

/** The same question to the same participants is one episode. */
export function episodeIdOf(spec: QuorumSpec): string {
  const { question, name, project, evidence, participants, rounds } = spec
  const all = [question, name, project, evidence, rounds, synthesizerOf(spec).id]
  const people = participants.map(each => [each.id, each.processor, each.persona])
  return createHash('sha256')
    .update(JSON.stringify([all.map(each => each ?? null), people]))
    .digest('hex')
    .slice(0, 32)
}

export function synthesizerOf({ participants, synthesizer }: QuorumSpec): Participant {
  const found = participants.find(each => each.id === synthesizer) ?? participants[0]
  if (found === undefined) throw new Error('a quorum without participants')
  return found
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
