import { err, ok, type Result } from '#base/result.ts'
import type { DraftQueue } from '../drafts/queue.ts'
import type { Model, ModelError, Prompt, Reply } from '../models/model.ts'
import { answerIn, type Synthesis, synthesisSchema, tallyOf, voteSchema } from './answers.ts'
import { askedAgain, quorumPromptVersion, roundPrompt, synthesisPrompt, votePrompt } from './prompts.ts'
import { EpisodeRecord } from './record.ts'
import {
  type Episode,
  episodeSchema,
  type Output,
  outputSchema,
  type QuorumResult,
  resultSchema,
  synthesisFile,
  type VoteFile,
  voteFile,
} from './schemas.ts'
import {
  episodeIdOf,
  type Participant,
  type QuorumError,
  type QuorumSpec,
  type Round,
  roundNames,
  synthesizerOf,
} from './spec.ts'

export interface QuorumOptions {
  readonly spec: QuorumSpec
  /** Directory of the episodes. */
  readonly root: string
  readonly queue: DraftQueue
  readonly models: ReadonlyMap<string, Model>
  readonly nonce: () => string
  readonly now: number
  /** Goes on with an episode that is there; without it, one that is there is refused. */
  readonly resume: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (what: string) => void
}

const answersMax = 3

/**
 * A recorded deliberation: everybody answers alone, criticises, revises; one puts it together; everybody votes. It
 * decides nothing and writes no memory: what is worth remembering becomes drafts, for the librarian to bound.
 */
export async function runQuorum(options: QuorumOptions): Promise<Result<QuorumResult, QuorumError>> {
  const begun = begin(options)
  if (!begun.ok) return begun
  const { record, episode } = begun.value
  const said: Output[] = []
  for (const round of roundNames.slice(0, options.spec.rounds)) {
    options.onProgress?.(round)
    // Taken before anybody of this round is asked: nobody sees what another says in it.
    const visible = [...said]
    const outputs = await everybody(options, participant => outputOf(participant, { round, visible, record, options }))
    if (!outputs.ok) return outputs
    said.push(...outputs.value)
  }
  options.onProgress?.('synthesis')
  const synthesis = await synthesisOf(said, record, options)
  if (!synthesis.ok) return synthesis
  options.onProgress?.('vote')
  const votes = await everybody(options, participant =>
    voteOf(participant, { said, synthesis: synthesis.value, record, options }),
  )
  if (!votes.ok) return votes
  return conclude({ episode, said, votes: votes.value, synthesis: synthesis.value, record }, options)
}

function begin({ spec, root, resume, now }: QuorumOptions): Result<Begun, QuorumError> {
  const id = episodeIdOf(spec)
  const record = new EpisodeRecord(root, id)
  const found = record.read('episode', episodeSchema)
  if (!found.ok) return found
  if (found.value === undefined && resume) {
    return err({ code: 'quorum_unknown', message: 'nothing of this quorum is there to go on with' })
  }
  if (found.value !== undefined && !resume) {
    return err({ code: 'quorum_exists', message: `this quorum was begun before: ${id}` })
  }
  const episode = record.keep('episode', episodeSchema, {
    schema_version: 1,
    id,
    requested_at: new Date(now).toISOString(),
    question: spec.question,
    name: spec.name ?? null,
    project: spec.project ?? null,
    evidence: spec.evidence ?? null,
    rounds: spec.rounds,
    synthesizer: synthesizerOf(spec).id,
    participants: spec.participants,
  })
  return episode.ok ? ok({ record, episode: episode.value }) : episode
}

interface Begun {
  readonly record: EpisodeRecord
  readonly episode: Episode
}

/** Each participant at once. What those said who could is kept, also when another one could not. */
async function everybody<T>(
  { spec, signal }: QuorumOptions,
  ask: (participant: Participant) => Promise<Result<T, QuorumError>>,
): Promise<Result<readonly T[], QuorumError>> {
  const answers = await Promise.all(spec.participants.map(ask))
  if (signal?.aborted === true) return err({ code: 'quorum_stopped', message: 'it was stopped' })
  const missing = answers.flatMap(each => (each.ok ? [] : [each.error]))
  const [first] = missing
  if (first === undefined) return ok(answers.flatMap(each => (each.ok ? [each.value] : [])))
  const damaged = missing.find(({ code }) => code === 'quorum_damaged')
  return err(damaged ?? { code: first.code, message: missing.map(({ message }) => message).join('; ') })
}

interface Turn {
  readonly record: EpisodeRecord
  readonly options: QuorumOptions
}

async function outputOf(
  participant: Participant,
  { round, visible, record, options }: Turn & { readonly round: Round; readonly visible: readonly Output[] },
): Promise<Result<Output, QuorumError>> {
  const name = `${round}/${participant.id}`
  const known = record.read(name, outputSchema)
  if (!known.ok) return known
  if (known.value !== undefined) return ok(known.value)
  const prompt = roundPrompt({ spec: options.spec, participant, visible, nonce: options.nonce() }, round)
  const reply = await modelFor(participant, options).ask(prompt)
  if (!reply.ok) return missing(participant, round, reply.error)
  return record.keep(name, outputSchema, {
    schema_version: 1,
    round,
    ...whoOf(participant, { visible, reply: reply.value, options }),
    text: reply.value.text,
  })
}

async function synthesisOf(
  said: readonly Output[],
  record: EpisodeRecord,
  options: QuorumOptions,
): Promise<Result<Synthesis, QuorumError>> {
  const known = record.read('synthesis', synthesisFile)
  if (!known.ok) return known
  if (known.value !== undefined) return ok(known.value.synthesis)
  const participant = synthesizerOf(options.spec)
  const prompt = synthesisPrompt({ spec: options.spec, participant, visible: said, nonce: options.nonce() })
  const answer = await askFor(modelFor(participant, options), prompt, text => answerIn(text, synthesisSchema))
  if (!answer.ok) return missing(participant, 'synthesis', answer.error)
  const { value, reply } = answer.value
  const kept = record.keep('synthesis', synthesisFile, {
    schema_version: 1,
    ...whoOf(participant, { visible: said, reply, options }),
    synthesis: value,
  })
  return kept.ok ? ok(kept.value.synthesis) : kept
}

async function voteOf(
  participant: Participant,
  { said, synthesis, record, options }: Turn & { readonly said: readonly Output[]; readonly synthesis: Synthesis },
): Promise<Result<VoteFile, QuorumError>> {
  const name = `vote/${participant.id}`
  const known = record.read(name, voteFile)
  if (!known.ok) return known
  if (known.value !== undefined) return ok(known.value)
  const prompt = votePrompt({ spec: options.spec, participant, visible: said, nonce: options.nonce() }, synthesis)
  const answer = await askFor(modelFor(participant, options), prompt, text => answerIn(text, voteSchema))
  if (!answer.ok) return missing(participant, 'vote', answer.error)
  const { value, reply } = answer.value
  const who = whoOf(participant, { visible: said, reply, options })
  return record.keep(name, voteFile, { schema_version: 1, ...who, ...value })
}

/** Asks until the answer is what was asked for, a few times. */
async function askFor<T>(
  model: Model,
  prompt: Prompt,
  read: (text: string) => T | undefined,
): Promise<Result<{ readonly value: T; readonly reply: Reply }, ModelError>> {
  for (let answer = 1; answer <= answersMax; answer++) {
    const reply = await model.ask(answer === 1 ? prompt : askedAgain(prompt))
    if (!reply.ok) return reply
    const value = read(reply.value.text)
    if (value !== undefined) return ok({ value, reply: reply.value })
  }
  return err({ code: 'reply_not_json', message: 'the answer is not what was asked for' })
}

interface Concluded extends Begun {
  readonly said: readonly Output[]
  readonly votes: readonly VoteFile[]
  readonly synthesis: Synthesis
}

/** Drafts first, the result last: killed between them, the same drafts are there already. */
function conclude(
  { episode, said, votes, synthesis, record }: Concluded,
  options: QuorumOptions,
): Result<QuorumResult, QuorumError> {
  const cast = votes.map(({ participant, vote, confidence, rationale }) => ({
    participant,
    vote,
    confidence,
    rationale,
  }))
  const tally = tallyOf(cast, synthesis.status)
  const drafts: string[] = []
  for (const text of tally.decision === 'recommend' ? synthesis.memories : []) {
    const submitted = options.queue.submit(
      {
        surface: 'consensus_quorum',
        agent: 'quorum',
        project: episode.project,
        operator: null,
        provenance: `quorum:${episode.id}`,
        mail: null,
        tags: ['quorum', tally.decision, tally.level],
        text,
      },
      options.now,
    )
    // A text that is no draft stands in the record, and is not proposed.
    if (submitted.ok && !drafts.includes(submitted.value.draft.id)) drafts.push(submitted.value.draft.id)
    if (!submitted.ok && submitted.error.code === 'queue_unusable') {
      return err({ code: 'quorum_incomplete', message: submitted.error.message })
    }
  }
  const disagreeing = cast.filter(({ vote }) => vote !== 'agree')
  return record.keep('result', resultSchema, {
    schema_version: 1,
    id: episode.id,
    question: episode.question,
    ...tally,
    recommendation: synthesis.recommendation,
    supporting: synthesis.supporting,
    dissent: [
      ...disagreeing.map(({ participant, rationale }) => ({ participant, text: rationale })),
      ...synthesis.dissenting.map(text => ({ participant: null, text })),
    ],
    unresolved: synthesis.unresolved,
    votes: cast,
    participants: episode.participants.map(({ id, processor }) => ({
      id,
      processor,
      models: [...new Set([...said, ...votes].flatMap(each => (each.participant === id ? (each.model ?? []) : [])))],
    })),
    distinct_processors: new Set(episode.participants.map(({ processor }) => processor)).size,
    drafts,
  })
}

function whoOf(
  { id, processor }: Participant,
  {
    visible,
    reply,
    options,
  }: { readonly visible: readonly Output[]; readonly reply: Reply; readonly options: QuorumOptions },
) {
  return {
    participant: id,
    processor,
    model: reply.model ?? options.models.get(processor)?.model ?? null,
    prompt_version: quorumPromptVersion,
    visible: visible.map(each => `${each.round}/${each.participant}`),
  }
}

function modelFor({ processor }: Participant, { models }: QuorumOptions): Model {
  const model = models.get(processor)
  if (model === undefined) throw new Error('a participant without a model')
  return model
}

function missing({ id }: Participant, what: string, { code }: ModelError): Result<never, QuorumError> {
  return err({ code: 'quorum_incomplete', message: `${id} gave no ${what} (${code})` })
}
