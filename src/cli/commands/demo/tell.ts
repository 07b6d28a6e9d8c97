import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { Failure } from '#base/failure.ts'
import { thisProgram } from '#base/this-program.ts'
import type { Session } from '../../session.ts'
import type { Assistant, Teller } from './story.ts'

/** Tells the story with this program alone: its commands as children, an assistant of a few lines. */
export function tellerOf({ env, output }: Session): Teller {
  return {
    name: 'postern',
    write: output.write,
    run: words => {
      const [program, ...first] = thisProgram()
      const stdio: ['ignore', 'inherit', 'pipe'] = ['ignore', 'inherit', 'pipe']
      const { status, stderr } = spawnSync(program, [...first, ...words], { stdio, env, encoding: 'utf8' })
      if (status !== 0) throw storyFailure(stderr.trim() === '' ? `it ended with ${status}` : stderr.trim())
    },
    connect: words => {
      const [program, ...first] = thisProgram()
      return introduced(spawn(program, [...first, ...words], { stdio: ['pipe', 'pipe', 'ignore'], env }))
    },
  }
}

const protocolVersion = '2025-06-18'
const answerMsMax = 60_000

interface Answer {
  readonly id?: unknown
  readonly result?: unknown
  readonly error?: unknown
}

/** As much of an MCP client as the story takes: one request at a time, over a child's stdin and stdout. */
async function introduced(child: ChildProcessByStdio<Writable, Readable, null>): Promise<Assistant> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  child.stdin.on('error', () => undefined) // told by the answer that does not come
  let last = 0
  const ask = async (method: string, params: unknown): Promise<unknown> => {
    const id = ++last
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
    const timer = setTimeout(() => child.kill(), answerMsMax)
    try {
      for (;;) {
        const { done, value } = await lines.next()
        if (done === true) throw storyFailure(`the MCP server ended before it answered ${method}`)
        const answer: Answer = JSON.parse(value)
        if (answer.id !== id) continue
        if (answer.error !== undefined) throw storyFailure(`${method}: ${JSON.stringify(answer.error)}`)
        return answer.result
      }
    } finally {
      clearTimeout(timer)
    }
  }
  await ask('initialize', {
    protocolVersion,
    capabilities: {},
    clientInfo: { name: 'postern-story', version: '1.0.0' },
  })
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`)
  return {
    call: async (name, args) => {
      const result = await ask('tools/call', { name, arguments: args })
      const answer = isRecord(result) && result.isError !== true ? result.structuredContent : undefined
      if (!isRecord(answer)) throw storyFailure(`${name}: ${JSON.stringify(result)}`)
      return answer
    },
    close: async () => {
      child.stdin.end()
      await ended
    },
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function storyFailure(message: string): Failure {
  return new Failure('failed', 'story_interrupted', `the story stops here: ${message}`, {
    next: 'postern demo --reset',
  })
}
