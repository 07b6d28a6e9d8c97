import type { Draft } from '../drafts/draft.ts'
import { isAboutReply, type Model } from '../models/model.ts'
import { type Candidates, candidatesOf, piecesOf } from './candidates.ts'
import { type Judge, type Processor, ProcessorFailure } from './processor.ts'
import { promptFor, promptVersion } from './prompt.ts'
import { formsOfReply, type LineFault } from './reply.ts'

const answersMax = 3
/** Of the faults of an answer, so many are told. */
const faultsMax = 20

/**
 * A model in the place of the rules. It proposes forms; they are bounded and compiled as those of any draft are, and
 * the draft's own text is kept as evidence, so that a model can lose nothing. A draft of nothing but forms needs none.
 */
export function modelProcessor(model: Model, nonce: () => string): Processor {
  return {
    name: model.name,
    prompt: promptVersion,
    together: 1,
    propose: async (draft, judge) => {
      const written = candidatesOf(draft)
      return written.isWritten ? written : proposed(draft, { model, nonce, judge })
    },
  }
}

interface Means {
  readonly model: Model
  readonly nonce: () => string
  readonly judge: Judge
}

async function proposed(draft: Draft, { model, nonce, judge }: Means): Promise<Candidates> {
  let faults: readonly LineFault[] = []
  for (let answer = 1; answer <= answersMax; answer++) {
    const reply = await model.ask(promptFor(draft, nonce(), faults))
    if (!reply.ok && !isAboutReply(reply.error)) throw new ProcessorFailure(reply.error.code, false)
    const forms = reply.ok ? formsOfReply(reply.value.text) : undefined
    if (forms?.ok === true) faults = refusedOf(forms.value, judge)
    else faults = forms?.error ?? [{ line: 1, code: reply.ok ? 'NoForm' : reply.error.code }]
    if (forms?.ok === true && faults.length === 0) {
      const name = (reply.ok ? reply.value.model : undefined) ?? model.model ?? undefined
      return {
        forms: forms.value,
        evidence: piecesOf(draft.text),
        isProposed: true,
        ...(name === undefined ? {} : { model: name }),
      }
    }
    faults = faults.slice(0, faultsMax)
  }
  throw new ProcessorFailure(`reply_refused.${faults[0]?.code ?? ''}`, true)
}

function refusedOf(forms: readonly string[], judge: Judge): readonly LineFault[] {
  return forms.flatMap((form, at) => {
    const judged = judge(form)
    return judged.outcome === 'refused' ? [{ line: at + 1, code: judged.code }] : []
  })
}
