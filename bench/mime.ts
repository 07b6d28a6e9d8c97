import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { parseForIndex, parseMessage } from '#mail/mime/index.ts'
import { htmlToMarkdown, htmlToText, indexText } from '#mail/render/index.ts'
import { oddMessages } from '../test/mail/mime/odd-messages.ts'
import { syntheticMessages } from './mime-corpus.ts'

// node bench/mime.ts [--maildir DIR] [--messages N] [--rounds N] [--peer-modules DIR]
//
// Messages and megabytes per CPU second over a corpus: a directory of messages, or a synthetic one that is always the
// same. `--peer-modules DIR` names a node_modules with postal-mime (and html-to-text) to be measured beside it, on the
// same messages in the same rounds. Each round measures everyone once; the median round counts, since machines are
// shared. Last, the longest that any of the odd messages takes.
const { values } = parseArgs({
  options: {
    maildir: { type: 'string' },
    messages: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '7' },
    'peer-modules': { type: 'string' },
  },
})

const fileBytesMax = 50 * 1024 * 1024
const corpus =
  values.maildir === undefined
    ? [...syntheticMessages(Number(values.messages))]
    : filesBelow(values.maildir, Number(values.messages))
const bytes = corpus.reduce((sum, each) => sum + each.length, 0)
const sizes = corpus.map(each => each.length).sort((a, b) => a - b)
print(
  `${corpus.length} messages, ${mega(bytes)} MB, median ${sizes[sizes.length >> 1]} bytes, mean ${Math.round(bytes / corpus.length)} bytes`,
)

type Work = (message: Buffer) => unknown
const contenders: [name: string, work: Work][] = [
  ['parseForIndex', message => parseForIndex(message)],
  ['parseMessage', message => parseMessage(message)],
]
const peer = peerModule('postal-mime')
if (peer !== undefined) contenders.push(['postal-mime', peer])

const seconds = await measure(contenders, corpus)
const peerSeconds = seconds.get('postal-mime')
print('')
print(['parser'.padEnd(16), 'msg/s'.padStart(9), 'MB/s'.padStart(8), 'times peer'.padStart(11)].join(' '))
for (const [name] of contenders) {
  const spent = seconds.get(name) ?? Number.NaN
  const ratio = peerSeconds === undefined ? '' : (peerSeconds / spent).toFixed(1)
  print(
    [
      name.padEnd(16),
      (corpus.length / spent).toFixed(0).padStart(9),
      (bytes / 1e6 / spent).toFixed(1).padStart(8),
      ratio.padStart(11),
    ].join(' '),
  )
}

const pages = corpus.map(message => parseMessage(message).html).filter(html => html !== null)
if (pages.length > 0) {
  const pageChars = pages.reduce((sum, html) => sum + html.length, 0)
  const renderers: [string, (html: string) => unknown][] = [
    ['indexText', indexText],
    ['htmlToText', htmlToText],
    ['htmlToMarkdown', htmlToMarkdown],
  ]
  const library = peerHtml()
  if (library !== undefined) renderers.push(['html-to-text', library])
  const spent = await measure(renderers, pages)
  print('')
  print(`${pages.length} pages of HTML, ${mega(pageChars)} M characters`)
  for (const [name] of renderers)
    print(`${name.padEnd(16)} ${(pageChars / 1e6 / (spent.get(name) ?? Number.NaN)).toFixed(1).padStart(8)} M/s`)
}

print('')
let slowest = { name: '', cpuMs: 0 }
let count = 0
for (const { name, bytes: make } of oddMessages()) {
  const message = make()
  for (const work of [parseMessage, parseForIndex]) {
    const cpuMs = cpuSeconds(() => work(message)) * 1000
    if (cpuMs > slowest.cpuMs) slowest = { name, cpuMs }
  }
  count++
}
print(`${count} odd messages: none threw; the slowest took ${slowest.cpuMs.toFixed(0)} ms of CPU (${slowest.name})`)
print(`peak memory ${mega(process.resourceUsage().maxRSS * 1024)} MB`)

/** Median CPU seconds of each contender for all items. Peers may be asynchronous; they are awaited one by one. */
async function measure<T>(
  works: readonly [string, (item: T) => unknown][],
  items: readonly T[],
): Promise<Map<string, number>> {
  const rounds = new Map<string, number[]>(works.map(([name]) => [name, []]))
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [name, work] of works) {
      const before = process.cpuUsage()
      for (const item of items) {
        const result = work(item)
        if (result instanceof Promise) await result
      }
      const { user, system } = process.cpuUsage(before)
      // The first round is for the compiler.
      if (round > 0) rounds.get(name)?.push((user + system) / 1e6)
    }
  }
  return new Map([...rounds].map(([name, list]) => [name, list.sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN]))
}

function cpuSeconds(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function peerModule(name: string): Work | undefined {
  const loaded = load(name)
  const parser = loaded === undefined ? undefined : 'default' in loaded ? loaded.default : loaded
  if (typeof parser !== 'function' || !('parse' in parser) || typeof parser.parse !== 'function') return undefined
  const parse = parser.parse.bind(parser)
  return async message => {
    try {
      return await parse(message)
    } catch {
      return undefined
    }
  }
}

function peerHtml(): ((html: string) => unknown) | undefined {
  const convert = load('html-to-text')?.convert
  return typeof convert === 'function' ? html => convert(html, { limits: { maxDepth: 100 } }) : undefined
}

function load(name: string): Record<string, unknown> | undefined {
  const directory = values['peer-modules']
  if (directory === undefined) return undefined
  const loaded: unknown = createRequire(path.resolve(directory, 'peer.js'))(name)
  return (typeof loaded === 'object' || typeof loaded === 'function') && loaded !== null
    ? { ...loaded, default: 'default' in loaded ? loaded.default : loaded }
    : undefined
}

function filesBelow(directory: string, countMax: number): Buffer[] {
  const found: Buffer[] = []
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = path.join(directory, entry)
    const stat = statSync(file)
    if (stat.isFile() && stat.size > 0 && stat.size < fileBytesMax) found.push(readFileSync(file))
    if (found.length >= countMax) break
  }
  return found
}

function mega(count: number): string {
  return (count / 1e6).toFixed(1)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
