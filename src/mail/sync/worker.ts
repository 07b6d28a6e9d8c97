import { parentPort } from 'node:worker_threads'
import { dropPermissions } from '#base/permissions.ts'
import { prepare, release, type Unread } from './prepare.ts'

/** The thread that reads new mail: lists of messages come in, packed batches go out, one for each. It may do nothing else. */
dropPermissions([])

parentPort?.on('message', (messages: readonly Unread[]) => {
  const batch = prepare(messages)
  release(messages)
  parentPort?.postMessage(batch, [batch.packed.buffer])
})
