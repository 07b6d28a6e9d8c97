/**
 * Synchronisation: what a provider has comes here, and goes on coming.
 *
 * An account is looked through mailbox by mailbox, newest mail first, by pages that are stored together with the cursor
 * after them; so a person can search the newest mail at once, and whatever breaks, it goes on from the last page.
 * Threads read the mail; one writer stores it. What the person decided and the provider does not know yet is shielded
 * by the store itself (`outbox`).
 *
 * What may never happen here: a message that is dropped because it is odd; one that is removed before it was looked for
 * everywhere; a cursor that runs ahead of what is stored; a refused login that is tried again; memory that grows with
 * the mailbox.
 */
export type { PassReport } from './account-pass.ts'
export { AccountSync, type AccountSyncOptions, type SyncState, type SyncStatus } from './account-sync.ts'
export type { Happened, SyncStore, SyncWriter } from './mailbox-sync.ts'
export { type Prepare, prepareHere } from './prepare.ts'
export { Preparers } from './preparers.ts'
export type { Progress } from './progress.ts'
export type { SyncError } from './sync-error.ts'
