/**
 * Taking mail in from files: Maildir, mbox, message files, folders of them. `importMail` is the face.
 *
 * A source says where messages lie and what the place tells of them (`walk.ts`); it reads none. Worker threads read,
 * parse and seal; this thread stores, batch by batch, in the order of the source, so that the same files give the same
 * store whatever the threads do and wherever an earlier run was stopped. What is under way is bounded, so that memory
 * does not grow with the mailbox.
 *
 * What may never happen here: a file that is changed or removed, a link out of the tree followed, a pipe or device
 * opened, a message left out without a word, a message that stops those behind it.
 */
export { type ImportOptions, type ImportReport, importMail, type Progress } from './importer.ts'
export { MBOX_VARIANTS, type MboxVariant } from './mbox.ts'
export { isAboutMessage, isHarmless, type Trouble, type TroubleCode } from './source.ts'
