import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { toWire } from '#cli/commands/mime/parse-message.ts'
import { parseMessage } from '#mail/mime/index.ts'
import { corpus } from './index.ts'

// node test/mail/mime/corpus/write.ts
// Writes each message (NAME.eml) and what is made of it (NAME.json). Read the difference before you commit it:
// the tests hold the files against the expectations in this folder, and those against the RFCs.
const directory = path.join(process.cwd(), 'test/vectors/mime')
mkdirSync(directory, { recursive: true })
const names = new Set(corpus.flatMap(({ name }) => [`${name}.eml`, `${name}.json`]))
for (const file of readdirSync(directory)) if (!names.has(file)) rmSync(path.join(directory, file))
for (const { name, raw } of corpus) {
  writeFileSync(path.join(directory, `${name}.eml`), raw)
  writeFileSync(
    path.join(directory, `${name}.json`),
    `${JSON.stringify(toWire(parseMessage(raw), raw), undefined, 1)}\n`,
  )
}
process.stdout.write(`${corpus.length} messages\n`)
