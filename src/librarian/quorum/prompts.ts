import { boundaryRule, enclosed } from '../models/boundary.ts'
import type { Prompt } from '../models/model.ts'
import { type Synthesis, statuses } from './answers.ts'
import type { Output } from './schemas.ts'
import type { Participant, QuorumSpec, Round } from './spec.ts'

/** Written down with every answer; another one for every change of the words below. */
export const quorumPromptVersion = 'quorum-1'

const tasks: Readonly<Record<Round, string>> = {
  independent:
    'Give your own answer to the question, with your reasons, in at most 600 words. Say what you do not know.',
  critique: 'Others have answered as well. Say where they, and you, are wrong or unproven, in at most 600 words.',
  revision: 'Give your answer as you see it after all that, in at most 600 words. Keep what you still disagree with.',
}

const synthesisTask = `Put together what was said. A majority is no proof: keep every dissent. Answer with one JSON object alone:
{"recommendation": text, "status": one of ${statuses.map(each => `"${each}"`).join(', ')}, "supporting": [texts], "dissenting": [texts], "unresolved": [texts], "memories": [texts]}
memories: what is worth remembering, each a statement that stands by itself; an empty list when there is nothing.`

const voteTask = `Do you agree with this recommendation? Answer with one JSON object alone:
{"vote": "agree" or "disagree" or "abstain", "confidence": 0 to 1, "rationale": text}`

interface Given {
  readonly spec: QuorumSpec
  readonly participant: Participant
  /** What the participant may see, and nothing else that was said. */
  readonly visible: readonly Output[]
  readonly nonce: string
}

export function roundPrompt(given: Given, round: Round): Prompt {
  return promptOf(given, tasks[round], [])
}

export function synthesisPrompt(given: Given): Prompt {
  return promptOf(given, synthesisTask, [])
}

export function votePrompt(given: Given, { recommendation, supporting, dissenting, unresolved }: Synthesis): Prompt {
  const text = JSON.stringify({ recommendation, supporting, dissenting, unresolved }, null, 1)
  return promptOf(given, voteTask, [enclosed('recommendation', text, given.nonce)])
}

/** The same again, for an answer that was none; not a word of it is repeated. */
export function askedAgain({ system, user }: Prompt): Prompt {
  return { system, user: `${user}\n\nYour last answer was not the JSON object that was asked for. Answer again.` }
}

function promptOf({ spec, participant, visible, nonce }: Given, task: string, more: readonly string[]): Prompt {
  const system = [
    `You take part in a deliberation as: ${participant.persona}`,
    'You have no tools and need none: read, and answer with text.',
    boundaryRule(nonce),
    task,
  ].join('\n\n')
  const user = [
    enclosed('question', spec.question, nonce),
    ...(spec.evidence === undefined ? [] : [enclosed('evidence', spec.evidence, nonce)]),
    ...visible.map(each => enclosed(`${each.round} of ${each.participant}`, each.text, nonce)),
    ...more,
  ].join('\n\n')
  return { system, user }
}
