import type { Draft } from '../drafts/draft.ts'
import type { Judged } from './bounded.ts'
import type { Candidates } from './candidates.ts'

/** Makes candidates out of a draft; a model's come through the same door as those of rules. */
export interface Processor {
  readonly name: string
  /** The version of what a model is told. */
  readonly prompt?: string
  /** Drafts that are proposed together before the log is opened for them; a model takes one at a time. */
  readonly together?: number
  propose(draft: Draft, judge: Judge): Promise<Candidates> | Candidates
}

/** What would become of a form, held against a copy of memory: for a processor that can mend what is refused. */
export type Judge = (form: string) => Judged

/** A processor that could not do it. The code goes into the work's note; nothing that a draft or a model said does. */
export class ProcessorFailure extends Error {
  override readonly name = 'ProcessorFailure'
  readonly code: string
  /** Trying again would not help: the draft is put aside. */
  readonly isFinal: boolean

  constructor(code: string, isFinal: boolean) {
    super(code)
    this.code = code
    this.isFinal = isFinal
  }
}
