import { printable } from '#base/printable.ts'
import type { Output } from '../../session.ts'

/**
 * A sender's bytes as they are, into a pipe or a file. On a terminal they would move the cursor, rename the window or
 * type for the person: there, what could do so is made visible.
 */
export function writeSource(output: Output, source: Uint8Array | string): void {
  if (!output.isTerminal) output.write(source)
  else output.write(printable(typeof source === 'string' ? source : new TextDecoder().decode(source)))
}
