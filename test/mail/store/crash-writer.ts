import { corpus } from '../../../bench/store-corpus.ts'
import { MailWriter, seal } from '../../../src/mail/store/index.ts'

/** A process to be killed: stores the corpus batch by batch and says so after each, `node crash-writer.ts STORE MESSAGES`. */
const [path = '', messages = '0'] = process.argv.slice(2)
const writer = MailWriter.open(path)
if (!writer.ok) throw new Error(writer.error.message)
const batchSize = 40
let batch = []
let done = 0
for (const message of corpus({ messages: Number(messages), seed: 11 })) {
  batch.push(message)
  if (batch.length < batchSize) continue
  const ingested = writer.value.ingest(seal(batch))
  if (!ingested.ok) throw new Error(ingested.error.message)
  done += batch.length
  process.stdout.write(`${done}\n`)
  batch = []
  if (done % (batchSize * 6) === 0) {
    const first = ingested.value[0]
    if (first !== undefined) writer.value.changeFlags([first.id], { set: 1, clear: 0 })
    writer.value.tend({ budgetMs: 20 })
  }
}
writer.value.close()
