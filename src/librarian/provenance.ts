import { renderLiteral } from '#memory/read/render.ts'
import type { Draft } from './drafts/draft.ts'
import { instant } from './processors/candidates.ts'

/** Who made forms out of a draft. */
export interface Maker {
  readonly processor: string
  /** As it calls itself, or as the person does. */
  readonly model?: string | undefined
  readonly prompt?: string | undefined
}

/**
 * Where a memory came from, as memory: facts about `@draft_<id>`, in the batch that brought it. The episode's label
 * names the draft too, so that every record of a batch leads back to it, and from there to the message or file.
 */
export function provenanceForms(draft: Draft, { processor, model, prompt }: Maker): readonly string[] {
  const { surface, agent, project, operator, provenance, mail, tags } = draft
  const facts: readonly (readonly [string, string | null])[] = [
    ['source_surface', surface],
    ['processor', processor],
    ['model', model ?? null],
    ['prompt_version', prompt ?? null],
    ['source_agent', agent],
    ['source_project', project],
    ['operator', operator],
    ['provenance_uri', provenance],
    ['context_tags', tags.length === 0 ? null : JSON.stringify(tags)],
    ['mail_account', mail?.account ?? null],
    ['mail_message', mail?.message ?? null],
    ['mail_message_id', mail?.messageId ?? null],
    ['mail_part', mail?.part ?? null],
    ['mail_from', mail?.from ?? null],
    ['mail_authentication', mail?.authentication ?? null],
  ]
  return facts.flatMap(([predicate, value]) =>
    value === null || value === '' ? [] : [aboutDraft(draft, predicate, value, 'librarian_assignment', 1)],
  )
}

/** What no rule understood: kept to be found, and trusted by nobody. */
export function evidenceForms(draft: Draft, pieces: readonly string[], confidenceMax: number): readonly string[] {
  const confidence = Math.min(0.6, confidenceMax)
  return pieces.map((piece, at) => aboutDraft(draft, `text_${at}`, piece, 'pending_verification', confidence))
}

export function draftSymbol(id: string): string {
  return `draft_${id}`
}

export function labelOf(id: string): string {
  return `draft ${id}`
}

function aboutDraft(draft: Draft, predicate: string, value: string, source: string, confidence: number): string {
  const text = renderLiteral({ type: 'string', value })
  return `(sem @${draftSymbol(draft.id)} ${predicate} ${text} :src @${source} :c ${confidence.toFixed(2)} :v ${instant(draft.submittedAt)})`
}
