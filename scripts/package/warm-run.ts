import { openSync, readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

// node [V8 FLAGS] warm-run.ts NAME PROGRAM CACHE: runs the program for some commands, one after the other, and writes the
// code that V8 has then. The commands drop the permission to write files: the cache is opened before.
// node [V8 FLAGS] warm-run.ts NAME PROGRAM CACHE check: fails when V8 would not take that code.
const [name = '', program = '', cache = '', check] = process.argv.slice(2)
const filename = `/${name}`
const commandsOf: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'quick.cjs': [
    ['version'],
    ['search', '--json', 'lunch'],
    ['search', '--json', '"meet for" from:ann after:2020-01-01 -in:trash subject:about'],
    ['search', '--json', 'is:unread OR to:bob larger:1k'],
    ['search', '--sort', 'relevance', 'dinn* lunch'],
    ['count', 'lunch'],
    ['labels'],
    ['version', '--json'],
  ],
  'main.cjs': [['--help'], ['config', 'show'], ['completions', 'bash'], ['memory', '--help']],
}
const commands = commandsOf[name] ?? []
const source = readFileSync(program, 'latin1')
if (check !== undefined) {
  const cachedData = readFileSync(cache)
  process.exit(new Script(source, { filename, cachedData }).cachedDataRejected === false ? 0 : 1)
}
// Which functions become machine code depends on time, and leaves traces in what is written.
const tiers = ['sparkplug', 'maglev', 'turbofan'] as const
for (const tier of tiers) setFlagsFromString(`--no-${tier}`)
const output = openSync(cache, 'w')
const script = new Script(source, { filename })
const main: unknown = script.runInThisContext()
const require = createRequire(import.meta.url)
let next = 0

process.on('beforeExit', () => {
  const command = commands[next++]
  // Only an event makes the process live on, and end again.
  if (command !== undefined) setImmediate(() => start(command))
  else if (next === commands.length + 1) {
    for (const tier of tiers) setFlagsFromString(`--${tier}`)
    writeSync(output, script.createCachedData())
  }
})
const exit = process.exit.bind(process)
process.exit = code => {
  process.stderr.write(`a command ended the process with ${code}\n`)
  return exit(1)
}

function start(command: readonly string[]): void {
  if (process.exitCode !== undefined && process.exitCode !== 0) {
    process.stderr.write(`postern ${commands[next - 2]?.join(' ')}: exit ${process.exitCode}\n`)
    exit(1)
  }
  process.argv = ['postern', 'postern', ...command]
  if (typeof main === 'function') main({}, require, { exports: {} })
}
