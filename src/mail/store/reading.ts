/** The part of the store that reads, for commands that have to start fast: writing brings much more with it. */

export { fromException, type StoreError, type StoreErrorCode } from './errors.ts'
export { formatMessageId, formatThreadId, type MessageId, parseMessageId, parseThreadId } from './ids.ts'
export { type Flags, type LabelName, type ListedMessage, namedFlags } from './listed.ts'
export { type Label, MailReader, type Placed, type ThreadMessage } from './reader.ts'
