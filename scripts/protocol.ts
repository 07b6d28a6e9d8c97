import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { documentTables } from '../src/daemon/requests/document.ts'

/** Writes into docs/protocol.md what follows from the tables of requests, events and errors. */
const file = join(import.meta.dirname, '../docs/protocol.md')
const written = readFileSync(file, 'utf8')
const start = written.indexOf('## Requests')
if (start < 0) throw new Error('docs/protocol.md has no place for the tables')
writeFileSync(file, `${written.slice(0, start)}${documentTables()}`)
