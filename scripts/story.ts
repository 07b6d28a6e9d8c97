import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { type Assistant, tellStory } from '../src/cli/commands/demo/story.ts'

// The story of src/cli/commands/demo/story.ts, its assistant being the official client of the protocol.
// Usage: node scripts/story.ts [EXECUTABLE]
const messages = 500
const executable = process.argv[2]
const source = [process.execPath, join(import.meta.dirname, '..', 'src', 'main.ts')] as const
const [program, ...first] = executable === undefined ? source : [executable]
const env = environment()

await tellStory({ name: executable ?? 'postern', write: text => process.stdout.write(text), run, connect }, messages)

/** A command that fails ends the story. */
function run(words: readonly string[]): void {
  const done = spawnSync(program ?? '', [...first, ...words], {
    stdio: ['ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
    env,
  })
  if (done.status === 0) return
  process.stderr.write(done.stderr)
  process.exit(done.status ?? 1)
}

async function connect(words: readonly string[]): Promise<Assistant> {
  const client = new Client({ name: 'postern-story', version: '1.0.0' })
  await client.connect(new StdioClientTransport({ command: program ?? '', args: [...first, ...words], env }))
  return {
    call: async (name, args) => {
      const { structuredContent, isError, content } = await client.callTool({ name, arguments: { ...args } })
      if (isError === true || !isRecord(structuredContent)) throw new Error(`${name}: ${JSON.stringify(content)}`)
      return structuredContent
    },
    close: () => client.close(),
  }
}

function environment(): Record<string, string> {
  const kept = ['HOME', 'PATH', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR', 'LANG', 'TERM']
  return Object.fromEntries(
    kept.flatMap(key => (process.env[key] === undefined ? [] : [[key, process.env[key] ?? '']])),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
