/**
 * Compose: what a person wrote, from the first word to the bytes that leave.
 *
 * Lives here: drafts as data, recipients as people type them, answers and forwards, the text for an editor, Markdown
 * to HTML, and `freeze`, which makes the bytes of a message and the digest that a yes is bound to. All of it is pure:
 * time, chance and files come in.
 *
 * May never happen here: a network call, a file read; a value of a stranger that ends a header line; bytes that change
 * after they were frozen; an address in From that is not the person's own.
 */
export {
  type AnswerInput,
  type AnswerKind,
  answer,
  forwardedFileName,
  identityFor,
  identityTo,
  isDefaultFor,
  signatureText,
  withoutPrefixes,
} from './answer.ts'
export { type DocumentProblem, type DraftText, parseDocument, printDocument } from './document.ts'
export {
  type DraftContent,
  type DraftFile,
  draftContent,
  draftFile,
  draftFilesMax,
  formatDraftId,
  parseDraftId,
  readDraftContent,
} from './draft.ts'
export { fileType } from './file-type.ts'
export {
  digestOf,
  type Envelope,
  type FreezeInput,
  type FreezeRefusal,
  type FrozenDraft,
  freeze,
  messageBytesMax,
  newMessageId,
  ownCopy,
} from './freeze.ts'
export {
  domainPart,
  formatMailbox,
  type Mailbox,
  mailboxOf,
  parseMailboxes,
  recipientsMax,
  sameMailbox,
} from './mailbox.ts'
export { forwardedMark, markdownToHtml } from './markdown.ts'
export type { OutgoingFile } from './write/message.ts'
