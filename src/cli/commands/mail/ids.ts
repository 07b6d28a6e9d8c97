import { Failure } from '#base/failure.ts'
import type { Session } from '../../session.ts'

const inputBytesMax = 16 * 1024 * 1024

/**
 * Ids from the command line or, when there are none, from standard input: one a line, or JSON Lines with an `id`.
 * Lines that start with # are talk of a program before us and passed over.
 */
export function idsFrom(positionals: readonly string[], { input }: Session): string[] {
  if (positionals.length > 0 && positionals[0] !== '-') return [...positionals]
  if (input.isTerminal) {
    throw new Failure('usage', 'ids_missing', 'which messages? give ids, or pipe them in', {
      next: 'postern search QUERY --ids',
    })
  }
  const text = new TextDecoder().decode(input.readAll(inputBytesMax))
  const lines = text.split('\n').map(line => line.trim())
  return lines.flatMap((line, index) => (line === '' || line.startsWith('#') ? [] : [idOf(line, index + 1)]))
}

function idOf(line: string, number: number): string {
  if (!line.startsWith('{')) return line
  try {
    const { id }: { id?: unknown } = JSON.parse(line)
    if (typeof id === 'string') return id
  } catch {
    // said below, with the line
  }
  throw new Failure('usage', 'id_malformed', `line ${number} of standard input is neither an id nor JSON with an "id"`)
}
