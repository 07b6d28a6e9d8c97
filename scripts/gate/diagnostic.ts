import type { Code } from './codes.ts'

/** One finding of a gate. An `error` fails the gate; a `note` says what could not be judged. */
export interface Diagnostic {
  readonly code: Code
  readonly severity: 'error' | 'note'
  readonly message: string
  /** `name@version` of the package that the finding is about. */
  readonly package?: string
  /** How that package came in: the project, then each package that asked for the next one. */
  readonly cameInBy?: readonly string[]
  /** Where the finding is, relative to the root that was judged. */
  readonly file?: string
  readonly line?: number
  /** What a person does about it. */
  readonly next?: string
}

export type Details = Omit<Diagnostic, 'code' | 'severity' | 'message'>

export function error(code: Code, message: string, details: Details = {}): Diagnostic {
  return { code, severity: 'error', message, ...details }
}

export function note(code: Code, message: string, details: Details = {}): Diagnostic {
  return { code, severity: 'note', message, ...details }
}

export function failed(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(diagnostic => diagnostic.severity === 'error')
}

/** One finding as lines for a person. */
export function render(diagnostic: Diagnostic): string {
  const place = diagnostic.file === undefined ? '' : `${diagnostic.file}${lineSuffix(diagnostic.line)}`
  const subject = [diagnostic.package, place].filter(part => part !== undefined && part !== '').join('  ')
  const lines = [
    `${diagnostic.severity}[${diagnostic.code}]  ${subject === '' ? '' : `${subject}  `}${diagnostic.message}`,
  ]
  if (diagnostic.cameInBy !== undefined) lines.push(`      came in by: ${diagnostic.cameInBy.join(' > ')}`)
  if (diagnostic.next !== undefined) lines.push(`      next: ${diagnostic.next}`)
  return lines.join('\n')
}

function lineSuffix(line: number | undefined): string {
  return line === undefined ? '' : `:${line}`
}
