import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '#base/clock.ts'
import { dropPermissions } from '#base/permissions.ts'
import { MailReader, transferables } from '../store/index.ts'
import type { Found } from './source.ts'
import { Work, type WorkOrder } from './work.ts'

/**
 * The thread that reads, parses and seals: lists of messages come in, sealed batches go out, one for each. It meets
 * what strangers wrote, hence it may do nothing but read files.
 */
dropPermissions([])
const order: WorkOrder = workerData
const work = new Work(order, order.store === undefined ? undefined : openReader(order.store), systemClock)

parentPort?.on('message', (items: readonly Found[]) => {
  const worked = work.do(items)
  parentPort?.postMessage(worked, transferables(worked.batch))
})

/** Undefined when there is nothing to look for. */
function openReader(path: string): MailReader | undefined {
  const opened = MailReader.open(path)
  if (!opened.ok) throw new Error(`the store cannot be read: ${opened.error.message}`, { cause: opened.error })
  if (opened.value.holdsMail()) return opened.value
  opened.value.close()
  return undefined
}
