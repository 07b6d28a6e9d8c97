import type { ClockTime, Confidence, SymbolId, Value } from '../canonical/record.ts'
import { Refusal } from '../refusal.ts'
import type { BoundEpi, BoundForm, BoundInf, BoundKeywords, BoundPro, BoundSem } from './bound.ts'
import type { CompileError, MemoryKind, SemanticError } from './compile-error.ts'
import { confidenceOf } from './confidence.ts'

/** A form of which everything that does not depend on other memories has been looked at. */
export type CheckedForm = CheckedSem | CheckedEpi | CheckedPro | CheckedInf | Unchecked

/** Forms that this stage has nothing to say about, and a `correct` whose body is in order. */
type Unchecked = Exclude<BoundForm, BoundSem | BoundEpi | BoundPro | BoundInf>

export interface CheckedSem extends Omit<BoundSem, 'keywords'> {
  readonly source: SymbolId
  readonly confidence: Confidence
  readonly validAt: ClockTime
  readonly projected: boolean
}

export interface CheckedEpi extends Omit<BoundEpi, 'keywords'> {
  readonly source: SymbolId
  readonly confidence: Confidence
  readonly at: ClockTime
  readonly observedAt: ClockTime
}

export interface CheckedPro extends Omit<BoundPro, 'keywords'> {
  readonly source: SymbolId
  readonly scope: SymbolId
  readonly confidence: Confidence
  readonly precondition: Value | undefined
}

export interface CheckedInf extends Omit<BoundInf, 'keywords'> {
  readonly confidence: Confidence
  readonly validAt: ClockTime
  readonly projected: boolean
}

/** Checks all forms of a batch, then the batch. `wallNow` is the clock on the wall, not that of the commit. */
export function checkBatch(forms: readonly BoundForm[], wallNow: ClockTime): CheckedForm[] {
  const checked = forms.map(form => check(form, wallNow))
  const count = forms.filter(({ type }) => type === 'episode_start' || type === 'episode_close').length
  if (count > 1) refuse({ code: 'MultipleEpisodeDirectives', count })
  return checked
}

function check(form: BoundForm, wallNow: ClockTime): CheckedForm {
  switch (form.type) {
    case 'sem':
      return checkSem(form, wallNow)
    case 'epi':
      return checkEpi(form)
    case 'pro':
      return checkPro(form)
    case 'inf':
      return checkInf(form, wallNow)
    case 'correct':
      checkEpi(form.body)
      return form
    default:
      return form
  }
}

function checkSem({ keywords, ...form }: BoundSem, wallNow: ClockTime): CheckedSem {
  const source = symbol(keywords, 'src', 'sem')
  const confidence = confidenceIn(keywords)
  const validAt = timestamp(keywords, 'v', 'sem')
  grounded(keywords, confidence, 'Semantic')
  notInFuture(validAt, wallNow, keywords.projected)
  return { ...form, source, confidence, validAt, projected: keywords.projected }
}

function checkEpi({ keywords, ...form }: BoundEpi): CheckedEpi {
  const source = symbol(keywords, 'src', 'epi')
  const confidence = confidenceIn(keywords)
  const at = timestamp(keywords, 'at', 'epi')
  const observedAt = timestamp(keywords, 'obs', 'epi')
  grounded(keywords, confidence, 'Episodic')
  if (observedAt < at) refuse({ code: 'InvalidClockOrder', atTime: at, observedAt })
  return { ...form, source, confidence, at, observedAt }
}

function checkPro({ keywords, ...form }: BoundPro): CheckedPro {
  const source = symbol(keywords, 'src', 'pro')
  const confidence = confidenceIn(keywords)
  const scope = symbol(keywords, 'scp', 'pro')
  grounded(keywords, confidence, 'Procedural')
  return { ...form, source, scope, confidence, precondition: keywords.values.get('pre') }
}

function checkInf({ keywords, ...form }: BoundInf, wallNow: ClockTime): CheckedInf {
  if (form.parents.length === 0) refuse({ code: 'EmptyDerivedFrom' })
  const confidence = confidenceIn(keywords)
  const validAt = timestamp(keywords, 'v', 'inf')
  notInFuture(validAt, wallNow, keywords.projected)
  return { ...form, confidence, validAt, projected: keywords.projected }
}

function symbol({ values }: BoundKeywords, keyword: string, form: string): SymbolId {
  const value = values.get(keyword)
  if (value?.type === 'symbol') return value.id
  return refuse({ code: 'BadKeywordType', keyword, form, expected: 'symbol' })
}

function timestamp({ values }: BoundKeywords, keyword: string, form: string): ClockTime {
  const value = values.get(keyword)
  if (value?.type === 'timestamp') return value.at
  return refuse({ code: 'BadKeywordType', keyword, form, expected: 'timestamp' })
}

function confidenceIn(keywords: BoundKeywords): Confidence {
  const confidence = confidenceOf(keywords.confidence)
  return confidence.ok ? confidence.value : refuse({ code: 'ConfidenceMalformed', inner: confidence.error })
}

function grounded({ sourceRule }: BoundKeywords, requested: Confidence, memoryKind: MemoryKind): void {
  if (sourceRule === undefined) return // the source is a symbol, and each has a rule
  const { kind: sourceKind, admits, bound } = sourceRule
  if (!admits.includes(memoryKind)) refuse({ code: 'SourceKindNotAdmitted', sourceKind, memoryKind })
  if (requested > bound) refuse({ code: 'ConfidenceExceedsSourceBound', requested, bound, sourceKind })
}

function notInFuture(validAt: ClockTime, wallNow: ClockTime, projected: boolean): void {
  if (validAt > wallNow && !projected) refuse({ code: 'FutureValidity', validAt })
}

function refuse(inner: SemanticError): never {
  throw new Refusal<CompileError>({ code: 'Semantic', inner })
}
