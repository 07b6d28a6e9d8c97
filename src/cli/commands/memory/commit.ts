import { Failure } from '#base/failure.ts'
import type { U64 } from '#memory/integer.ts'
import { historyBlocks } from '#memory/read/history.ts'
import type { Committed, Store } from '#memory/store.ts'
import type { Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { textFrom } from './input.ts'
import { withWriter } from './open-log.ts'
import { markedLine, storeFailure } from './refusal.ts'
import { integer } from './wire.ts'

export const run: Run = ({ positionals: [word], options }, session) => {
  const text = textFrom(word, session)
  const blocks = historyBlocks(text)
  return withWriter(options, session, (store, path) => {
    if (blocks !== undefined && store.length > 0) {
      const message = `${path} is not empty: a decoded log is committed with its own times and ids`
      throw new Failure('usage', 'log_not_empty', message, { next: 'postern memory init --log PATH' })
    }
    for (const { at, input } of blocks ?? [{ at: session.clock.now(), input: text }]) {
      tell(store, commitOne(store, { at, input, path }, blocks !== undefined), session)
    }
    return 'done'
  })
}

interface Input {
  readonly at: U64
  readonly input: string
  readonly path: string
}

/** A log of another program may hold larger batches than are taken from a person: what it holds can be written again. */
const noLimits = { batchBytesMax: Infinity, formsMax: Infinity, stringBytesMax: Infinity, nameBytesMax: Infinity }

function commitOne(store: Store, { at, input, path }: Input, isHistory: boolean): Committed {
  const committed = store.commitBatch(input, at, isHistory ? { limits: noLimits } : {})
  if (committed.ok) return committed.value
  const { exit, code, message, data, next } = storeFailure(committed.error, path)
  const where = isHistory ? `in the batch of ${at}: ` : ''
  throw new Failure(exit, code, `${where}${message}${markedLine(committed.error, input)}`, {
    data: { ...data, ...(isHistory ? { batch_at: integer(at) } : {}) },
    ...(next === undefined ? {} : { next }),
  })
}

function tell(store: Store, committed: Committed, { output }: Session): void {
  const { episode, committedAt, memoryCount, recordCount, edgeCount, length } = committed
  const name = store.pipeline.state.symbols.nameOf(episode)
  if (output.json) {
    output.data({
      ok: true,
      episode: { id: integer(episode), name },
      committed_at: integer(committedAt),
      memories: memoryCount,
      records: recordCount,
      edges: edgeCount,
      log_len: length,
    })
    return
  }
  const made = `${counted(memoryCount, 'memory', 'memories')}, ${counted(edgeCount, 'edge', 'edges')}`
  output.write(`committed @${name}: ${made}; the log has ${length} bytes\n`)
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
