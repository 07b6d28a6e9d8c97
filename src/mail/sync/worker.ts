import { parentPort } from 'node:worker_threads'
import { systemClock } from '#base/clock.ts'
import { dropPermissions } from '#base/permissions.ts'
import { SegmentBuilder } from '../store/index.ts'
import { prepare, release, type Unread } from './prepare.ts'

/** The thread that reads new mail: lists of messages come in, packed batches go out, one for each. It may do nothing else. */
dropPermissions([])
const builder = new SegmentBuilder()

parentPort?.on('message', (messages: readonly Unread[]) => {
  const batch = prepare(messages, { indexing: { builder, now: systemClock.now() } })
  release(messages)
  parentPort?.postMessage(batch, [batch.packed.buffer])
})
