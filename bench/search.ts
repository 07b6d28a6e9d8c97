import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { search } from '../src/mail/search/index.ts'
import { MailReader, MailWriter, seal } from '../src/mail/store/index.ts'
import { corpus } from './store-corpus.ts'

/**
 * Search inside one process, with what a list shows: `node bench/search.ts [--messages 100000] [--store FILE]`.
 * Each query runs seven times after a first one; the table gives the median in ms.
 */
const { values } = parseArgs({
  options: { messages: { type: 'string', default: '100000' }, store: { type: 'string' }, tend: { type: 'boolean' } },
})
const directory = mkdtempSync(join(tmpdir(), 'search-bench-'))
const path = values.store ?? join(directory, 'mail.db')
if (values.store === undefined) fill(path, Number(values.messages))
run(path)
rmSync(directory, { recursive: true, force: true })

function fill(to: string, messages: number): void {
  const writer = MailWriter.open(to)
  if (!writer.ok) throw new Error(writer.error.message)
  writer.value.setAddresses('bench', ['me@example.org'])
  let batch = []
  for (const message of corpus({ messages, withRaw: false })) {
    batch.push(message)
    if (batch.length < 4000) continue
    const ingested = writer.value.ingest(seal(batch))
    if (!ingested.ok) throw new Error(ingested.error.message)
    batch = []
  }
  writer.value.ingest(seal(batch))
  if (values.tend === true) writer.value.tend({ budgetMs: 600_000 })
  writer.value.close()
}

function run(from: string): void {
  const opened = MailReader.open(from)
  if (!opened.ok) throw new Error(opened.error.message)
  const reader = opened.value
  const words = vocabulary(reader)
  const queries: [string, string][] = [
    ['common word', words.common],
    ['middling word', words.middling],
    ['rare word', words.rare],
    ['no hit', 'xyzzyqwertz'],
    ['two common words', `${words.common} ${words.second}`],
    ['two middling words', `${words.middling} ${words.third}`],
    ['common and rare', `${words.common} ${words.rare}`],
    ['either of two', `${words.middling} OR ${words.rare}`],
    ['one without other', `${words.common} -${words.second}`],
    ['phrase', `"${words.phrase}"`],
    ['near', `${words.common} AROUND 4 ${words.second}`],
    ['prefix of four', `${words.middling.slice(0, 4)}*`],
    ['prefix of two', `${words.middling.slice(0, 2)}*`],
    ['piece of a word', `*${words.piece}*`],
    ['from, by name', `from:${words.name}`],
    ['from, by address', `from:${words.address}`],
    ['from, by domain', 'from:gmail.example'],
    ['from and word', `from:${words.name} ${words.common}`],
    ['subject', `subject:${words.middling}`],
    ['to me', 'to:me'],
    ['attachments', 'has:attachment'],
    ['file name', 'filename:pdf'],
    ['unread', 'is:unread'],
    ['starred and word', `is:starred ${words.middling}`],
    ['unread in a folder', 'in:inbox is:unread'],
    ['word in a folder', `in:inbox ${words.common}`],
    ['a month', 'date:2019-05'],
    ['word in a year', `${words.common} date:2018`],
    ['large ones', 'larger:100k'],
    ['list', `list:${words.list}`],
    ['two words, unread', `${words.common} ${words.second} is:unread`],
    ['two words, a folder', `${words.common} ${words.second} in:inbox`],
    ['two words, attachment', `${words.common} ${words.third} has:attachment`],
    ['Chinese', words.chinese],
    ['everything', ''],
  ]
  const times: number[] = []
  process.stdout.write(`${'query'.padEnd(24)}${'hits'.padStart(6)}${'ms'.padStart(9)}\n`)
  for (const [name, query] of queries) {
    const { hits, ms } = measure(reader, query)
    times.push(ms)
    process.stdout.write(`${name.padEnd(24)}${String(hits).padStart(6)}${ms.toFixed(3).padStart(9)}\n`)
  }
  times.sort((one, other) => one - other)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]?.toFixed(3)
  process.stdout.write(
    `${times.length} queries: p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p95 ${at(0.95)} ms, max ${times.at(-1)?.toFixed(3)} ms\n`,
  )
  reader.close()
}

function measure(reader: MailReader, query: string): { hits: number; ms: number } {
  const options = { now: Date.UTC(2026, 9, 2), timeZone: 'Europe/Berlin', limit: 50 }
  let hits = 0
  const once = () => {
    const found = search(reader, query, options)
    if (!found.ok) throw new Error(`${query}: ${found.error.message}`)
    hits = found.value.messages.length
  }
  once()
  const runs = Array.from({ length: 7 }, () => {
    const began = performance.now()
    once()
    return performance.now() - began
  }).sort((one, other) => one - other)
  return { hits, ms: runs[3] ?? 0 }
}

/** Words of this corpus by how many messages hold them. */
function vocabulary(reader: MailReader) {
  const { statements } = reader
  const total = reader.totals().messages
  const sample = [...corpus({ messages: 400, withRaw: false })].map(({ document }) => document)
  const seen = new Map<string, number>()
  for (const { text } of sample) {
    for (const word of new Set(text.match(/(?<!\p{L})[a-z]{4,12}(?!\p{L})/gu) ?? []))
      seen.set(word, (seen.get(word) ?? 0) + 1)
  }
  const share = (word: string) =>
    Number(statements.one('SELECT count(*) FROM message_index WHERE message_index MATCH ?', `"${word}"`)?.[0]) / total
  const ranked = [...seen].sort((one, other) => other[1] - one[1]).map(([word]) => word)
  const near = (wanted: number) => ranked.find(word => share(word) <= wanted) ?? 'none'
  const phrase = sample[0]?.text.split('\n')[0]?.split(' ').slice(1, 3).join(' ') ?? ''
  const author = sample.find(({ listId }) => listId !== '')
  const chinese = sample.map(({ text }) => /[\u4e00-\u9fff]{3}/.exec(text)?.[0]).find(found => found !== undefined)
  return {
    common: ranked[0] ?? '',
    second: ranked[1] ?? '',
    third: near(0.1),
    middling: near(0.02),
    rare: near(0.0005),
    piece: near(0.002).slice(1, 5),
    phrase,
    name: author?.from[0]?.name?.split(' ')[0] ?? '',
    address: author?.from[0]?.email ?? '',
    list: author?.listId.split('.')[0] ?? '',
    chinese: chinese ?? '会議',
  }
}
