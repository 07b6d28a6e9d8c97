import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
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
// same. `--peer-modules DIR` names a node_modules with postal-mime (and html-to-text) to be measured beside it on the
// same messages. Everyone is measured in a process of their own (`--only`), since CPU time counts the garbage collector
// too, and whoever comes next would pay for the garbage of the one before. The median round counts. Last, the longest
// that any of the odd messages takes.
const { values } = parseArgs({
  options: {
    maildir: { type: 'string' },
    messages: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '7' },
    'peer-modules': { type: 'string' },
    only: { type: 'string' },
  },
})

/** For the compiler. */
const warmUpRounds = 3
const fileBytesMax = 50 * 1024 * 1024
const corpus =
  values.maildir === undefined
    ? [...syntheticMessages(Number(values.messages))]
    : filesBelow(values.maildir, Number(values.messages))
const bytes = corpus.reduce((sum, each) => sum + each.length, 0)
const sizes = corpus.map(each => each.length).sort((a, b) => a - b)

type Work = (message: Buffer) => unknown
type Render = (html: string) => unknown
const parsers = new Map<string, Work | undefined>([
  ['parseForIndex', message => parseForIndex(message)],
  ['parseMessage', message => parseMessage(message, { textFromHtml: false })],
  ['  + text of HTML', message => parseMessage(message)],
  ['postal-mime', peerModule('postal-mime')],
])
const renderers = new Map<string, Render | undefined>([
  ['indexText', indexText],
  ['htmlToText', htmlToText],
  ['htmlToMarkdown', htmlToMarkdown],
  ['html-to-text', peerHtml()],
])

if (values.only !== undefined) {
  const parser = parsers.get(values.only)
  const renderer = renderers.get(values.only)
  if (parser !== undefined) print(`${await measure(parser, corpus)}`)
  if (renderer !== undefined) print(`${await measure(renderer, pagesOf(corpus))}`)
  process.exit()
}

print(
  `${corpus.length} messages, ${mega(bytes)} MB, median ${sizes[sizes.length >> 1]} bytes, mean ${Math.round(bytes / corpus.length)} bytes`,
)
print('')
print(['parser'.padEnd(16), 'msg/s'.padStart(9), 'MB/s'.padStart(8), 'times peer'.padStart(11)].join(' '))
const peerSeconds = parsers.get('postal-mime') === undefined ? undefined : alone('postal-mime')
for (const [name, parser] of parsers) {
  if (parser === undefined) continue
  const spent = name === 'postal-mime' && peerSeconds !== undefined ? peerSeconds : alone(name)
  const ratio = peerSeconds === undefined ? '' : (peerSeconds / spent).toFixed(1)
  const perSecond = [(corpus.length / spent).toFixed(0).padStart(9), (bytes / 1e6 / spent).toFixed(1).padStart(8)]
  print([name.padEnd(16), ...perSecond, ratio.padStart(11)].join(' '))
}

const pageChars = pagesOf(corpus).reduce((sum, html) => sum + html.length, 0)
print('')
print(`${pagesOf(corpus).length} pages of HTML, ${mega(pageChars)} M characters`)
for (const [name, renderer] of renderers) {
  if (renderer !== undefined) print(`${name.padEnd(16)} ${(pageChars / 1e6 / alone(name)).toFixed(1).padStart(8)} M/s`)
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

/** Median CPU seconds for all items. Peers may be asynchronous; they are awaited one by one. */
async function measure<T>(work: (item: T) => unknown, items: readonly T[]): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < Number(values.rounds) + warmUpRounds; round++) {
    const before = process.cpuUsage()
    for (const item of items) {
      const result = work(item)
      if (result instanceof Promise) await result
    }
    const { user, system } = process.cpuUsage(before)
    if (round >= warmUpRounds) rounds.push((user + system) / 1e6)
  }
  return rounds.sort((a, b) => a - b)[rounds.length >> 1] ?? Number.NaN
}

/** The same in a process that does nothing else. */
function alone(name: string): number {
  const own = process.argv.slice(1)
  return Number(execFileSync(process.execPath, [...own, '--only', name], { encoding: 'utf8' }))
}

function pagesOf(messages: readonly Buffer[]): string[] {
  return messages.map(message => parseMessage(message).html).filter(html => html !== null)
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
  if (directory === undefined || !existsSync(path.join(directory, name))) return undefined
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
