/**
 * Drafts and sends as rows: what is written, what is frozen, and how far it has come on its way out.
 *
 * The states of a send are the memory of the one promise that sending makes: a message is handed to a server at most
 * once. Each step is durable before it is taken; after a crash a message that surely was not taken goes out again, and
 * one of which nobody knows is asked about. What may never happen here: a step that skips its state, a second live
 * send of a draft, bytes that change after they were frozen.
 */
export { type Bounce, recordBounce } from './bounce-rows.ts'
export { type DraftRow, type DraftSave, deleteDraft, draftById, listDrafts, saveDraft } from './draft-rows.ts'
export {
  copiesWanted,
  dueAt,
  isInMailbox,
  listSends,
  type SendRecipient,
  type SendRow,
  type SendState,
  sendById,
  sendBytes,
  sendOfDraft,
} from './send-reading.ts'
export {
  type Claimed,
  cancelSend,
  claimSend,
  noteCopy,
  noteEnding,
  noteTrouble,
  type PreparedSend,
  prepareSend,
  queueSend,
  type Resolution,
  recoverSends,
  resolveSend,
  type Settlement,
  settleSend,
} from './send-rows.ts'
