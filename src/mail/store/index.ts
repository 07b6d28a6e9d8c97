/**
 * The store: a person's mail in one SQLite file, which only the owner can open.
 *
 * Kept here are the raw bytes as they came, packed, and everything that follows from them: envelopes, labels, threads,
 * counts and the search index. A message, its counts and its index entry are written in one transaction, so that they
 * cannot disagree, and a method that has returned survives a crash. What follows from raw bytes can be derived again.
 *
 * Workers `seal` what they have parsed, one `MailWriter` takes the sealed batches in, any number of `MailReader`s read
 * meanwhile, in this process or in another. What may never happen here: a network call, a decision about mail, a
 * message dropped because it is odd, text of a sender taken for SQL or for a word of ours in the index.
 */

export type { Expunged, FlagChange, LabelChange } from './changes.ts'
export { type CheckOptions, check, type Finding } from './check.ts'
export { SegmentBuilder } from './fts/index.ts'
export * from './incoming.ts'
export type { Ingested } from './ingest.ts'
export type { KnownMailbox } from './mailboxes.ts'
export { type PackedBatch, packBatch } from './packed.ts'
export type { ArrivedPage, TakenPage, TakenPages } from './pages.ts'
export * from './reading.ts'
export type { Rederived } from './rederive.ts'
export type { SavedSearch, SavedSort } from './saved-searches.ts'
export { type SealedBatch, type SealedMessage, Sealer, type SealOptions, seal, transferables } from './seal.ts'
export type { PlaceState, ServerState, TakenState } from './server-state.ts'
export type { MailboxSync } from './sync-state.ts'
export type { Tended, TendOptions } from './tend.ts'
export type { ListedThread, ThreadPage, ThreadPageOptions } from './thread-list.ts'
export { MailWriter } from './writer.ts'
