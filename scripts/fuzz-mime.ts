import { Buffer } from 'node:buffer'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { toWire } from '#cli/commands/mime/parse-message.ts'
import { parseForIndex, parseMessage } from '#mail/mime/index.ts'
import { readHtmlMessage, readPlain, renderHtml } from '#mail/render/index.ts'
import { mutated } from '../test/mail/mime/mutate.ts'

// node scripts/fuzz-mime.ts [--minutes N] [--seed N] [--corpus DIR] [--keep DIR]
//
// Injures messages of a corpus again and again and reads what comes out with everything that reads mail. Stops with
// exit code 1 at the first throw, or when one message takes more than a second of CPU; the message is kept. The same
// seed goes the same way.
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    corpus: { type: 'string', default: 'test/vectors/mime' },
    keep: { type: 'string', default: 'dist/fuzz' },
  },
})

const cpuMsMax = 1000
const bytesMax = 200_000
const files = readdirSync(values.corpus)
  .filter(file => file.endsWith('.eml'))
  .sort()
const corpus = files.map(file => readFileSync(path.join(values.corpus, file))).filter(raw => raw.length <= bytesMax)
const end = Date.now() + Number(values.minutes) * 60_000
let slowest = 0
let count = 0

for (let seed = Number(values.seed); Date.now() < end; seed++) {
  const source = corpus[seed % corpus.length] ?? Buffer.alloc(0)
  const donor = corpus[(seed * 7919) % corpus.length] ?? Buffer.alloc(0)
  // Every fourth message is injured several times over.
  let raw = mutated(source, donor, seed)
  for (let times = seed % 4 === 0 ? seed % 17 : 0; times > 0; times--) raw = mutated(raw, source, seed + times)
  const failure = read(raw)
  count++
  if (failure === undefined) continue
  mkdirSync(values.keep, { recursive: true })
  const file = path.join(values.keep, `mime-${seed}.eml`)
  writeFileSync(file, raw)
  process.stderr.write(`seed ${seed}: ${failure}\nkept as ${file}\n`)
  process.exitCode = 1
  break
}
process.stdout.write(`${count} messages, the slowest ${slowest.toFixed(0)} ms of CPU\n`)

function read(raw: Buffer): string | undefined {
  const before = process.cpuUsage()
  try {
    const message = parseMessage(raw)
    parseForIndex(raw)
    JSON.stringify(toWire(message, raw))
    if (message.text !== null) readPlain(message.text)
    if (message.html !== null) {
      renderHtml(message.html, { mode: 'markdown', width: 72 })
      readHtmlMessage(message.html)
    }
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  const { user, system } = process.cpuUsage(before)
  const cpuMs = (user + system) / 1000
  slowest = Math.max(slowest, cpuMs)
  return cpuMs > cpuMsMax ? `took ${cpuMs.toFixed(0)} ms of CPU` : undefined
}
