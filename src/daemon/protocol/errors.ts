import type { SearchError } from '#mail/search/index.ts'
import type { StoreError, StoreErrorCode } from '#mail/store/index.ts'

/** Every reason for which a request can be refused. The codes are a contract: programs compare them. */
export const ERROR_CODES = [
  // what was sent
  'malformed',
  'frame_too_large',
  'hello_expected',
  'version_unsupported',
  'other_instance',
  'not_authorized',
  'unknown_request',
  'params_invalid',
  'too_many_requests',
  'too_many_connections',
  // how it ended
  'cancelled',
  'deadline_exceeded',
  'shutting_down',
  'result_too_large',
  'internal',
  // what was asked for
  'not_found',
  'query_invalid',
  'key_reused',
  'decision_unknown',
  'plan_unknown',
  'plan_expired',
  'undo_expired',
  'undone_already',
  'conflict',
  'refused',
  // the gate
  'policy_denied',
  'approval_needed',
  // accounts and their providers
  'account_unknown',
  'account_degraded',
  'auth_needed',
  'provider_failed',
  'rate_limited',
  'unsupported',
  // the store's own
  'store_missing',
  'store_unreadable',
  'not_a_store',
  'schema_newer',
  'schema_older',
  'disk_full',
  'io_failed',
  'store_busy',
  'store_corrupt',
  'raw_missing',
  'raw_corrupt',
  'message_unknown',
  'label_unknown',
  'batch_invalid',
  'name_taken',
  'name_unknown',
  'name_invalid',
  'limit_reached',
  'cursor_invalid',
  'draft_unknown',
  'draft_changed',
  'draft_leaving',
  'send_unknown',
  'send_over',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

/** Why a request was refused, as it travels. `details` holds identifiers and numbers, never mail, never a secret. */
export interface RequestError {
  readonly code: ErrorCode
  readonly message: string
  /** The same request may succeed later without any change. */
  readonly retryable: boolean
  readonly retryAfterMs?: number
  readonly details?: Readonly<Record<string, unknown>>
}

const retryableCodes: ReadonlySet<ErrorCode> = new Set([
  'too_many_requests',
  'too_many_connections',
  'shutting_down',
  'deadline_exceeded',
  'provider_failed',
  'rate_limited',
  'store_busy',
  'disk_full',
])

export function requestError(
  code: ErrorCode,
  message: string,
  more: { readonly retryAfterMs?: number; readonly details?: Readonly<Record<string, unknown>> } = {},
): RequestError {
  return { code, message, retryable: retryableCodes.has(code), ...more }
}

/** The store's refusals keep their codes; causes stay behind, they are for the log. */
export function fromStore({ code, message }: Pick<StoreError, 'code' | 'message'>): RequestError {
  const known: StoreErrorCode = code
  return requestError(known, message)
}

export function fromSearch(error: SearchError): RequestError {
  if (error.code !== 'query_invalid') return fromStore(error)
  return requestError('query_invalid', error.message, { details: { diagnostics: error.diagnostics } })
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return ERROR_CODES.some(code => code === value)
}
