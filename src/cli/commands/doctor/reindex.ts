import { parserVersion, readDocument } from '#mail/document.ts'
import { type MailReader, type MailWriter, type MessageId, type Rederived, seal } from '#mail/store/index.ts'
import type { Run } from '../../command.ts'
import type { Output, Session } from '../../session.ts'
import { storeFailure, unwrap, withReader } from '../mail/open-store.ts'
import { withWriter } from '../mail/write-store.ts'

/** Enough for the index to sort, little enough for memory. */
const batchMessages = 1_000
const batchBytes = 32 * 1024 * 1024
const tendStepMs = 1_000

export const run: Run = async ({ options }, session) => {
  const { output, clock } = session
  await withReader(session, () => undefined) // refuses where there is nothing to read, before a store would be made
  const began = clock.monotonicMs()
  const done = await withWriter(session, writer =>
    withReader(session, reader => {
      if (options.flag('all')) unwrap(writer.resetIndex())
      const derived = deriveAll(reader, writer, output)
      const { corrected } = unwrap(writer.recount())
      for (let isDone = false; !isDone; ) {
        output.progress('tidying the index')
        isDone = unwrap(writer.tend({ budgetMs: tendStepMs })).isDone
      }
      output.progress('')
      return { ...derived, corrected }
    }),
  )
  tell(done, Math.round(clock.monotonicMs() - began) / 1000, session)
  return done.damaged.length > 0 ? 'integrity' : 'done'
}

interface Derived {
  readonly derived: number
  /** Messages whose source does not match its hash: they stay as they were read before. */
  readonly damaged: readonly string[]
}

/** Each batch is one transaction: whatever ends this, the next run goes on after the last one. */
function deriveAll(reader: MailReader, writer: MailWriter, output: Output): Derived {
  const damaged: string[] = []
  let derived = 0
  let after: MessageId = -1
  for (;;) {
    const stale = reader.staleMessages(parserVersion, after, batchMessages)
    const last = stale.at(-1)
    if (last === undefined) return { derived, damaged }
    let batch: Rederived[] = []
    let bytes = 0
    const write = () => {
      derived += unwrap(writer.rederive(batch)).rederived
      batch = []
      bytes = 0
    }
    for (const { id, account } of stale) {
      const raw = reader.raw(id)
      if (!raw.ok) {
        // What the disk refuses ends the run; a message that is damaged does not stand in the way of the others.
        if (raw.error.code !== 'raw_corrupt' && raw.error.code !== 'message_unknown') throw storeFailure(raw.error)
        damaged.push(reader.list([id])[0]?.id ?? String(id))
        continue
      }
      batch.push({ id, message: sealedAnew(raw.value, account) })
      bytes += raw.value.length
      if (bytes >= batchBytes) write()
    }
    write()
    after = last.id
    output.progress(`${derived} messages read again`)
  }
}

function sealedAnew(raw: Uint8Array, account: string) {
  const { document } = readDocument(raw)
  const [message] = seal([{ raw, account, labels: [], flags: 0, document }], { isStored: () => true }).messages
  if (message === undefined) throw new Error('one message was sealed and none came back')
  return message
}

function tell({ derived, damaged, corrected }: Derived & { corrected: number }, seconds: number, { output }: Session) {
  for (const id of damaged) output.complain(`${id}: its source does not match its hash; it stays as it was read before`)
  if (output.json) output.data({ derived, damaged, corrected_counts: corrected, seconds })
  else {
    const counts = corrected === 0 ? '' : `, ${corrected} counts put right`
    output.write(`${derived} messages read again${counts} in ${seconds.toFixed(1)} s\n`)
  }
}
