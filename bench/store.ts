import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { check, type IncomingMessage, MailReader, MailWriter, seal } from '../src/mail/store/index.ts'
import { corpus, seededRandom } from './store-corpus.ts'

/**
 * The store without parsing: `node bench/store.ts [--messages 20000] [--batch 4000] [--directory /tmp]`.
 * CPU time of this process, the making of the corpus taken out. Maildir sizes are whole blocks of 4 KiB, as `du` says.
 */
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000' },
    batch: { type: 'string', default: '4000' },
    directory: { type: 'string', default: tmpdir() },
    check: { type: 'boolean', default: false },
  },
})
const messages = Number(values.messages)
const batchSize = Number(values.batch)
const directory = mkdtempSync(join(values.directory, 'store-bench-'))
const path = join(directory, 'mail.db')

try {
  const writer = unwrap(MailWriter.open(path))
  bulk(writer)
  const reader = unwrap(MailReader.open(path))
  space(reader)
  readBack(reader)
  lists(reader)
  single(writer)
  flags(writer, reader)
  if (values.check) line('findings of check', `${unwrap(check(reader, { withRaw: true })).length}`)
  reader.close()
  writer.close()
} finally {
  rmSync(directory, { recursive: true, force: true })
}

function bulk(writer: MailWriter): void {
  let sealMs = 0
  let storeMs = 0
  let rawBytes = 0
  let maildirBytes = 0
  let batch: IncomingMessage[] = []
  const take = () => {
    const began = cpuMs()
    const sealed = seal(batch)
    const isSealed = cpuMs()
    unwrap(writer.ingest(sealed))
    sealMs += isSealed - began
    storeMs += cpuMs() - isSealed
    batch = []
  }
  const began = performance.now()
  for (const message of corpus({ messages })) {
    const bytes = message.raw?.length ?? 0
    rawBytes += bytes
    maildirBytes += Math.ceil(bytes / 4096) * 4096
    batch.push(message)
    if (batch.length >= batchSize) take()
  }
  if (batch.length > 0) take()
  const perMessage = (ms: number) => `${((ms * 1000) / messages).toFixed(0)} us`
  line('messages', `${messages}, ${megabytes(rawBytes)} raw, ${megabytes(maildirBytes)} as a Maildir`)
  line('seal, CPU per message', perMessage(sealMs))
  line('ingest, CPU per message', perMessage(storeMs))
  line('both, messages per CPU second', ((messages * 1000) / (sealMs + storeMs)).toFixed(0))
  line('wall, corpus included', `${((performance.now() - began) / 1000).toFixed(1)} s`)
  line('peak memory', `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`)
  const tended = cpuMs()
  unwrap(writer.tend({ budgetMs: 600_000 }))
  line('housekeeping afterwards, CPU per message', perMessage(cpuMs() - tended))
  const share = (statSync(path).size / maildirBytes) * 100
  line('file', `${megabytes(statSync(path).size)}, ${share.toFixed(0)} % of the Maildir`)
}

function space({ statements }: MailReader): void {
  const total = (what: string, sql: string) => line(`  ${what}`, megabytes(Number(statements.one(sql)?.[0])))
  total('raw, in blocks', 'SELECT coalesce(sum(length(body)), 0) FROM blocks')
  total('raw, attachments kept once', 'SELECT coalesce(sum(length(body)), 0) FROM parts')
  total('index', 'SELECT sum(length(block)) FROM message_index_data')
  total(
    'envelopes',
    'SELECT sum(length(people) + length(subject) + length(snippet) + length(message_id)) FROM envelopes',
  )
  const pages = statements.one('SELECT freelist_count * page_size FROM pragma_freelist_count(), pragma_page_size()')
  line('  free pages', megabytes(Number(pages?.[0])))
}

function readBack(reader: MailReader): void {
  const random = seededRandom(5)
  const ids = reader.statements.all('SELECT id FROM messages').map(row => Number(row[0]))
  const times = Array.from({ length: 2000 }, () => {
    const id = ids[Math.floor(random() * ids.length)] ?? 0
    const began = performance.now()
    unwrap(reader.raw(id))
    return performance.now() - began
  })
  line('one raw message, at random', percentiles(times))
}

function lists(reader: MailReader): void {
  const page = Array.from({ length: 300 }, () => timed(() => void unwrap(reader.threads({ limit: 50 }))))
  line('50 newest threads', percentiles(page))
  const label = reader.labels()[0]
  if (label === undefined) return
  const labelled = Array.from({ length: 300 }, () => timed(() => void unwrap(reader.threads({ limit: 50, label }))))
  line('50 newest threads of a label', percentiles(labelled))
  const [first] = unwrap(reader.threads({ limit: 1 })).threads
  const threads = Array.from({ length: 300 }, () => timed(() => void reader.thread(first?.id ?? '')))
  line(`one thread of ${first?.messages ?? 0}`, percentiles(threads))
}

function single(writer: MailWriter): void {
  const fresh = [...corpus({ messages: 500, seed: 77 })]
  const times = fresh.map(message => timed(() => void unwrap(writer.ingest(seal([message])))))
  line('one new message, sealed and committed', percentiles(times))
}

function flags(writer: MailWriter, reader: MailReader): void {
  const ids = reader.statements.all('SELECT id FROM messages LIMIT 1000').map(row => Number(row[0]))
  const times = Array.from({ length: 20 }, (_, round) => {
    const change = round % 2 === 0 ? { set: 1, clear: 0 } : { set: 0, clear: 1 }
    return timed(() => void unwrap(writer.changeFlags(ids.slice(0, 100), change)))
  })
  line('100 flags changed', percentiles(times))
}

function timed(work: () => void): number {
  const began = performance.now()
  work()
  return performance.now() - began
}

function percentiles(times: number[]): string {
  const sorted = [...times].sort((one, other) => one - other)
  const at = (share: number) =>
    `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2)}`
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

function line(name: string, text: string): void {
  process.stdout.write(`${name.padEnd(44)}${text}\n`)
}

function unwrap<T>(result: { ok: true; value: T } | { ok: false; error: { code: string; message: string } }): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}
