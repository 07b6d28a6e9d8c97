import { join } from 'node:path'
import { pull, push } from '#harness/mirror/mirror.ts'
import { reconcile } from '#harness/mirror/reconcile.ts'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import { MemoryReader } from '#memory/reader.ts'
import { Store } from '#memory/store.ts'

// One turn of one machine: takes in what is there, remembers something, brings it there. Killed anywhere, the same turn
// is taken again. Usage: node scripts/mirror-rounds/turn.ts DIRECTORY REMOTE WORD. Prints `done` at the end.
const [directory = '', url = '', word = ''] = process.argv.slice(2)
const log = join(directory, 'canonical.log')
const options = () => ({ log, remote: { url, branch: 'main' }, env: process.env, keys: {}, now: Date.now() })

const came = await pull(options())
if (!came.ok && came.error.code !== 'nothing_there') {
  if (came.error.code !== 'diverged') throw new Error(came.error.message)
  const done = await reconcile(options(), () => opened(join(directory, 'drafts')))
  if (!done.ok) throw new Error(done.error.message)
}
if (!isKnown()) {
  const store = Store.open(log, { now: Date.now() })
  if (!store.ok) throw new Error(store.error.code)
  const text = `(sem @${word} mark "${word}" :src @observation :c 0.5 :v 2026-01-15)`
  const committed = store.value.commitBatch(text, Date.now())
  store.value.close()
  if (!committed.ok) throw new Error(committed.error.code)
}
const brought = await push(options())
if (!brought.ok) throw new Error(brought.error.message)
process.stdout.write('done\n')

function isKnown(): boolean {
  const reader = MemoryReader.open(log)
  if (!reader.ok) return false
  const isThere = reader.value.pipeline.state.symbols.idOf(word) !== undefined
  reader.value.close()
  return isThere
}

function opened(drafts: string) {
  const queue = DraftQueue.open(drafts, { create: true })
  if (!queue.ok) throw new Error(queue.error.message)
  return queue
}
