import { writeSync } from 'node:fs'
import { Store } from '#memory/store.ts'
import { storeErrorName } from '#memory/store-error.ts'

// Commits facts until it is killed, and says each number once it is acknowledged. Usage: writer.ts LOG FIRST
const [path = '', first = '0'] = process.argv.slice(2)
const opened = Store.open(path, { now: Date.now(), owner: 'memory-crash' })
if (!opened.ok) {
  writeSync(2, `${storeErrorName(opened.error)}\n`)
  process.exit(1)
}
const store = opened.value
// Now and then closes and opens: locks, seals and snapshots are in the way of a kill too.
for (let n = Number(first); ; n++) {
  const input = [
    `(episode :start :label "batch ${n}")`,
    `(sem @writer fact_${n} ${n} :src @observation :c 0.9 :v 2024-01-15)`,
    `(sem @writer text_${n} "${'x'.repeat(n % 900)}" :src @observation :c 0.9 :v 2024-01-15)`,
  ].join('\n')
  const committed = store.commitBatch(input, 1_713_350_400_000 + n)
  if (!committed.ok) {
    writeSync(2, `${storeErrorName(committed.error)}\n`)
    process.exit(1)
  }
  writeSync(1, `${n}\n`)
}
