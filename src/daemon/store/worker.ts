import { parentPort, workerData } from 'node:worker_threads'
import { MailWriter } from '#mail/store/index.ts'
import { buffersIn, type FromWriter, isWriterMethod, type ToWriter } from './thread.ts'

/** The thread that writes: one call after the other, and nothing else. */
const port = parentPort
const path: unknown = workerData?.path
if (port === null || typeof path !== 'string') throw new Error('this is the code of a thread')

const say = (message: FromWriter) => port.postMessage(message)
const opened = MailWriter.open(path)
if (!opened.ok) say({ refused: { code: opened.error.code, message: opened.error.message } })
else {
  const writer = opened.value
  say({ opened: true })
  port.on('message', ({ call, method, args }: ToWriter) => {
    if (method === 'close') {
      writer.close()
      port.close()
      return
    }
    if (!isWriterMethod(method)) throw new Error(`the writer has no method ${method}`)
    const run: unknown = writer[method]
    if (typeof run !== 'function') throw new Error(`${method} is no method`)
    try {
      const result: unknown = run.apply(writer, args)
      // What is stored needs no memory; the garbage collector would be late by some hundred megabytes.
      for (const buffer of buffersIn(args)) buffer.transfer(0)
      say({ call, result: withoutCause(result) })
    } catch (thrown) {
      // Its transaction is rolled back: the fault is that call's alone.
      say({ call, fault: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) })
    }
  })
}

/** An exception of SQLite may name paths and cannot always be copied: the code and the words are enough. */
function withoutCause(result: unknown): unknown {
  if (typeof result !== 'object' || result === null || !('error' in result)) return result
  const { error } = result
  if (typeof error !== 'object' || error === null) return result
  return { ok: false, error: { ...error, cause: undefined } }
}
