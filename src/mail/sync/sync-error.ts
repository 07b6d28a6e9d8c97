import type { ProviderError } from '../providers/provider-error.ts'
import type { StoreError } from '../store/index.ts'

/** What stops a synchronisation: the provider's side or ours. */
export type SyncError =
  | { readonly from: 'provider'; readonly error: ProviderError }
  | { readonly from: 'store'; readonly error: StoreError }

export function atProvider(error: ProviderError): SyncError {
  return { from: 'provider', error }
}

export function atStore(error: StoreError): SyncError {
  return { from: 'store', error }
}

/** Only this mailbox cannot be read; the others may well be. */
export function concernsMailboxOnly({ from, error }: SyncError): boolean {
  return (
    from === 'provider' &&
    ['not_found', 'permission', 'protocol', 'unsupported', 'internal', 'quota'].includes(error.code)
  )
}

/** Nothing gets better by itself: a person has to do something. */
export function needsPerson({ from, error }: SyncError): boolean {
  return from === 'provider' && (error.code === 'auth' || error.code === 'certificate' || error.code === 'unsupported')
}
