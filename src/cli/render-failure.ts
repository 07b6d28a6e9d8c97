import { styleText } from 'node:util'
import { EXIT, Failure } from '#base/failure.ts'
import { printable } from '#base/printable.ts'
import type { Output } from './session.ts'

/**
 * Says what went wrong and ends with the exit code. With `--json` the refusal is also data, on stdout:
 * `{"error":{"code","message","next"?,"data"?}}`, so that a program never has to read prose.
 */
export function renderFailure(error: unknown, output: Output): number {
  if (!(error instanceof Failure)) return renderBug(error, output)
  const { code, next, data } = error
  const message = printable(error.message)
  if (output.json) {
    output.data({
      error: { code, message, ...(next === undefined ? {} : { next }), ...(data === undefined ? {} : { data }) },
    })
  }
  const label = output.color ? styleText('red', 'postern:', { validateStream: false }) : 'postern:'
  output.complain(`${label} ${message}`)
  if (next !== undefined) output.complain(`  try: ${printable(next)}`)
  return EXIT[error.exit]
}

/** Not expected by anyone: the whole stack, and where to take it. Stacks hold code positions, never content. */
function renderBug(error: unknown, output: Output): number {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (output.json) output.data({ error: { code: 'internal', message: 'a fault in Postern itself' } })
  output.complain('postern: this is a fault in Postern itself; please report it (CONTRIBUTING.md says where)')
  output.complain(printable(stack))
  return EXIT.failed
}
