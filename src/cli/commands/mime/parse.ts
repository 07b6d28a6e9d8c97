import { readFileSync } from 'node:fs'
import { Failure } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import type { Input } from '../../session.ts'
import { run as parseMessage } from './parse-message.ts'

const messageBytesMax = 512 * 1024 * 1024

export const run: Run = async ({ positionals: [file = ''] }, { output, input }) =>
  parseMessage({ bytes: bytesOf(file, input), json: output.json, write: output.write })

function bytesOf(file: string, input: Input): Uint8Array {
  if (file === '-') return input.readAll(messageBytesMax)
  try {
    return readFileSync(file)
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Failure(isMissing ? 'not_found' : 'failed', 'file_unreadable', `cannot read ${file}: ${reason}`, {
      cause,
    })
  }
}
