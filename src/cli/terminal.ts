import { Failure } from '#base/failure.ts'
import type { Input, Output } from './session.ts'

/** How the answer was asked for: the global options that shape output. */
export interface OutputChoice {
  readonly json: boolean
  readonly quiet: boolean
  readonly color: 'auto' | 'always' | 'never'
}

export function terminalOutput(choice: OutputChoice, env: Readonly<Record<string, string | undefined>>): Output {
  const isTerminal = process.stdout.isTTY === true
  return {
    json: choice.json,
    isTerminal,
    color: choice.color === 'always' || (choice.color === 'auto' && isTerminal && !env.NO_COLOR && env.TERM !== 'dumb'),
    columns: process.stdout.columns ?? 80,
    write: text => {
      process.stdout.write(text)
    },
    talk: line => {
      if (!choice.quiet) process.stderr.write(`${line}\n`)
    },
    data: value => {
      process.stdout.write(`${JSON.stringify(value)}\n`)
    },
  }
}

export const terminalInput: Input = {
  isTerminal: process.stdin.isTTY === true,
  readAll: async bytesMax => {
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of process.stdin) {
      bytes += chunk.length
      if (bytes > bytesMax)
        throw new Failure('usage', 'input_too_large', `standard input is larger than ${bytesMax} bytes`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  },
}
