import * as v from 'valibot'

/** What the participants and the synthesizer answer, and what follows from it. */
export const statuses = ['recommend', 'needs_evidence', 'reject', 'unsafe'] as const

const text = (most: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(most))
const points = v.pipe(v.array(text(4_000)), v.maxLength(50))

export const synthesisSchema = v.strictObject({
  recommendation: text(8_000),
  status: v.picklist(statuses),
  supporting: points,
  dissenting: points,
  unresolved: points,
  /** What to remember; each becomes a draft. */
  memories: v.pipe(v.array(text(4_000)), v.maxLength(20)),
})
export type Synthesis = v.InferOutput<typeof synthesisSchema>

export const voteSchema = v.strictObject({
  vote: v.picklist(['agree', 'disagree', 'abstain']),
  confidence: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  rationale: text(4_000),
})
export type Vote = v.InferOutput<typeof voteSchema>

export type Level = 'unanimous' | 'strong_majority' | 'weak_majority' | 'contested' | 'abstained'
export type Decision = (typeof statuses)[number] | 'split'

export interface Tally {
  readonly decision: Decision
  readonly level: Level
  /** The least of those who agree; 0 when nobody does. */
  readonly confidence: number
}

/** Counted, not claimed: what the votes say stands above what the synthesizer says of them. */
export function tallyOf(votes: readonly Vote[], status: Synthesis['status']): Tally {
  const level = levelOf(votes)
  const agreeing = votes.filter(({ vote }) => vote === 'agree')
  const confidence = agreeing.length === 0 ? 0 : Math.min(...agreeing.map(each => each.confidence))
  const isCarried = level !== 'contested' && level !== 'abstained'
  return { decision: status !== 'recommend' ? status : isCarried ? 'recommend' : 'split', level, confidence }
}

function levelOf(votes: readonly Vote[]): Level {
  const count = (what: Vote['vote']) => votes.filter(({ vote }) => vote === what).length
  const agreeing = count('agree')
  if (agreeing === votes.length) return 'unanimous'
  if (count('abstain') * 2 > votes.length) return 'abstained'
  if (agreeing * 3 >= votes.length * 2) return 'strong_majority'
  return agreeing * 2 > votes.length ? 'weak_majority' : 'contested'
}

/** The one object of an answer; models like to put words or a fence around it. */
export function answerIn<Schema extends v.GenericSchema>(
  text: string,
  schema: Schema,
): v.InferOutput<Schema> | undefined {
  const inner = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)
  try {
    const parsed = v.safeParse(schema, JSON.parse(inner))
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined // no JSON: the model is asked again
  }
}
