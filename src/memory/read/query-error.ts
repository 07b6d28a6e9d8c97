import { describeParseError, type ParseError } from '../language/parse-error.ts'

/** Why a text is not a question that can be answered; codes are stable, words are not. */
export type QueryError =
  | { readonly code: 'Parse'; readonly inner: ParseError }
  | { readonly code: 'NotASingleQuery'; readonly count: number }
  | { readonly code: 'NotAQuery' }
  | { readonly code: 'UnsupportedPredicate'; readonly predicate: string }
  | { readonly code: 'InvalidPredicate'; readonly keyword: string; readonly reason: string }
  | { readonly code: 'InvalidKind'; readonly got: string }
  | { readonly code: 'IncompatiblePredicates'; readonly predicate: 's' | 'p'; readonly kind: 'Pro' | 'Epi' }

export function describeQueryError(error: QueryError): string {
  switch (error.code) {
    case 'Parse':
      return `parse error: ${describeParseError(error.inner)}`
    case 'NotASingleQuery':
      return `expected a single (query ...) form, got ${error.count} forms`
    case 'NotAQuery':
      return 'input is not a query form'
    case 'UnsupportedPredicate':
      return `query predicate ${error.predicate} is not supported in this milestone`
    case 'InvalidPredicate':
      return `invalid value for ${error.keyword}: ${error.reason}`
    case 'InvalidKind':
      return `invalid kind ${error.got}: expected one of sem, pro, epi, inf`
    case 'IncompatiblePredicates':
      return `predicate ${error.predicate} is not compatible with :kind ${error.kind} (it applies to SEM / INF only)`
  }
}
