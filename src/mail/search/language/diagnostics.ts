/** Something about a query that its writer should know. With an `error`, a search refuses to run. */
export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly severity: 'error' | 'warning'
  /** UTF-16 offset into the query. */
  readonly position: number
  readonly length: number
  readonly message: string
  /** What may have been meant: text that can stand in the same place. */
  readonly suggestion?: string
}

export type DiagnosticCode =
  | 'too_long'
  | 'too_deep'
  | 'too_many_terms'
  | 'unmatched_paren'
  | 'unmatched_brace'
  | 'unterminated_quote'
  | 'empty_group'
  | 'missing_operand'
  | 'double_negation'
  | 'expected_value'
  | 'unknown_operator'
  | 'unknown_value'
  | 'invalid_size'
  | 'invalid_date'
  | 'invalid_distance'
  | 'read_as_text'
  | 'nothing_to_search'
  | 'unknown_label'
  | 'unknown_account'
  | 'unknown_id'
  | 'no_own_address'
  | 'short_prefix'
  | 'too_many_words'
  | 'no_relevance'
