import { closeSync, constants, openSync } from 'node:fs'
import { readToEnd } from '#base/descriptor.ts'
import { Failure } from '#base/failure.ts'
import type { Session } from '../../session.ts'

/** More than any batch may have, so that the compiler's own limit answers; a history of a large log fits. */
const textBytesMax = 512 * 1024 * 1024

/**
 * The text of a command: `(…)` and `; …` are the text itself, `-` is standard input, anything else names a file.
 * Without a word it is standard input, unless that is a terminal: nobody types a batch blindly.
 */
export function textFrom(word: string | undefined, session: Session): string {
  if (word !== undefined && /^\s*[(;]/.test(word)) return word
  return decoded(bytesFrom(word, session), word)
}

function bytesFrom(word: string | undefined, { input }: Session): Uint8Array {
  if (word !== undefined && word !== '-') return readInput(word, textBytesMax)
  if (word === undefined && input.isTerminal) {
    throw new Failure('usage', 'input_missing', 'give the text, a file, or - for standard input')
  }
  return input.readAll(textBytesMax)
}

/** A file, or a pipe that a shell made (`<(…)`). */
export function readInput(path: string, bytesMax: number): Uint8Array {
  try {
    const descriptor = openSync(path, constants.O_RDONLY)
    try {
      const bytes = readToEnd(descriptor, bytesMax)
      if (bytes !== undefined) return bytes
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Failure(isMissing ? 'not_found' : 'failed', 'file_unreadable', `cannot read ${path}: ${reason}`, {
      cause,
    })
  }
  throw new Failure('usage', 'input_too_large', `${path} is larger than ${bytesMax} bytes`)
}

/** The language is UTF-8 and nothing else: a replaced character would be remembered as if someone had said it. */
function decoded(bytes: Uint8Array, word: string | undefined): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    const where = word === undefined || word === '-' ? 'standard input' : word
    throw new Failure('usage', 'input_not_utf8', `${where} is not UTF-8`)
  }
}
