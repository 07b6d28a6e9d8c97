import * as v from 'valibot'
import { synthesisSchema, voteSchema } from './answers.ts'
import { roundNames } from './spec.ts'

/** The files of an episode. */
const version = v.literal(1)
const maybe = v.nullable(v.string())
const who = {
  participant: v.string(),
  processor: v.string(),
  model: maybe,
  prompt_version: v.string(),
  /** `round/participant` of what the participant was shown. */
  visible: v.array(v.string()),
}

export const episodeSchema = v.strictObject({
  schema_version: version,
  id: v.string(),
  requested_at: v.string(),
  question: v.string(),
  name: maybe,
  project: maybe,
  evidence: maybe,
  rounds: v.number(),
  synthesizer: v.string(),
  participants: v.array(v.strictObject({ id: v.string(), processor: v.string(), persona: v.string() })),
})
export type Episode = v.InferOutput<typeof episodeSchema>

export const outputSchema = v.strictObject({
  schema_version: version,
  round: v.picklist(roundNames),
  ...who,
  text: v.string(),
})
export type Output = v.InferOutput<typeof outputSchema>

export const synthesisFile = v.strictObject({ schema_version: version, ...who, synthesis: synthesisSchema })
export const voteFile = v.strictObject({ schema_version: version, ...who, ...voteSchema.entries })
export type VoteFile = v.InferOutput<typeof voteFile>

export const resultSchema = v.strictObject({
  schema_version: version,
  id: v.string(),
  question: v.string(),
  decision: v.picklist(['recommend', 'needs_evidence', 'reject', 'unsafe', 'split']),
  level: v.picklist(['unanimous', 'strong_majority', 'weak_majority', 'contested', 'abstained']),
  confidence: v.number(),
  recommendation: v.string(),
  supporting: v.array(v.string()),
  /** Points of the synthesis, and the reasons of everybody who did not agree. */
  dissent: v.array(v.strictObject({ participant: maybe, text: v.string() })),
  unresolved: v.array(v.string()),
  votes: v.array(v.strictObject({ participant: v.string(), ...voteSchema.entries })),
  participants: v.array(v.strictObject({ id: v.string(), processor: v.string(), models: v.array(v.string()) })),
  /** One of them may have played several: then its agreement with itself says little. */
  distinct_processors: v.number(),
  drafts: v.array(v.string()),
})
export type QuorumResult = v.InferOutput<typeof resultSchema>
