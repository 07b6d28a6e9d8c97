/** Why the store could not do something. The code is stable; the message is for a person. */
export interface StoreError {
  readonly code: StoreErrorCode
  readonly message: string
  readonly cause?: unknown
}

export type StoreErrorCode =
  | 'store_missing'
  | 'store_unreadable'
  | 'not_a_store'
  | 'schema_newer'
  | 'schema_older'
  | 'disk_full'
  | 'io_failed'
  | 'store_busy'
  | 'store_corrupt'
  | 'raw_missing'
  | 'raw_corrupt'
  | 'message_unknown'
  | 'label_unknown'
  | 'batch_invalid'
  | 'name_taken'
  | 'name_unknown'
  | 'name_invalid'
  | 'limit_reached'
  | 'cursor_invalid'
  | 'account_unknown'
  | 'key_reused'
  | 'decision_unknown'
  | 'undo_expired'
  | 'undone_already'
  | 'plan_unknown'
  | 'plan_expired'
  | 'draft_unknown'
  | 'draft_changed'
  | 'draft_leaving'
  | 'send_unknown'
  | 'send_over'

/** SQLite's primary result codes that an environment can cause. Everything else is a bug and is thrown on. */
const environmentCodes: ReadonlyMap<number, readonly [StoreErrorCode, string]> = new Map([
  [3, ['store_unreadable', 'the store may not be opened']],
  [5, ['store_busy', 'another process is writing to the store']],
  [6, ['store_busy', 'another process is writing to the store']],
  [8, ['store_unreadable', 'the store may not be written']],
  [10, ['io_failed', 'the disk failed while the store was read or written']],
  [11, ['store_corrupt', 'the store is damaged']],
  [13, ['disk_full', 'the disk is full: nothing of this step was kept, everything before it was']],
  [14, ['store_unreadable', 'the store cannot be opened']],
  [26, ['not_a_store', 'the file is not a mail store']],
])

export function storeError(code: StoreErrorCode, message: string, cause?: unknown): StoreError {
  return cause === undefined ? { code, message } : { code, message, cause }
}

/** The refusal behind an exception of SQLite or the file system; a bug is thrown again. */
export function fromException(thrown: unknown): StoreError {
  const code = property(thrown, 'code')
  if (code === 'ERR_SQLITE_ERROR') {
    const known = environmentCodes.get(Number(property(thrown, 'errcode')) & 0xff)
    if (known !== undefined) return storeError(known[0], known[1], thrown)
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') return storeError('disk_full', 'the disk is full', thrown)
  if (code === 'ENOENT') return storeError('store_missing', 'there is no store here yet', thrown)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'EISDIR') {
    return storeError('store_unreadable', 'the store may not be opened', thrown)
  }
  if (code === 'EIO') return storeError('io_failed', 'the disk failed', thrown)
  throw thrown
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
