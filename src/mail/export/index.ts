/**
 * Export: mail as files and texts that other programs, people and models take in.
 *
 * Each format is a pure function of the raw bytes, what the store knows of the message, and a few facts that come in
 * as arguments (time zone, nonce). Who writes, where and how much is asked for is decided elsewhere.
 *
 * What may never happen here: a byte of a message changed where the format promises it whole (eml, maildir, and mbox
 * but for its quoting), a sender's text that passes for the frame around it, a name of a sender's used as a path.
 */
export { type BuiltContext, buildContext, type ContextOptions } from './context.ts'
export { type JsonFiles, jsonLine } from './json-line.ts'
export type { Letter } from './letter.ts'
export { type MaildirPlace, maildirName, maildirPlaces } from './maildir.ts'
export { type MarkdownOptions, markdownLetter } from './markdown.ts'
export { mboxEntry } from './mbox.ts'
export { type SavedFile, savedFiles } from './saved-files.ts'
export { tokensOf } from './tokens.ts'
