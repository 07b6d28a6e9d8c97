import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { EXIT, Failure } from '#base/failure.ts'
import { type Diagnostic, error, failed, render } from './diagnostic.ts'

/** What a gate found, and one sentence on what it looked at. */
export interface Verdict {
  readonly diagnostics: readonly Diagnostic[]
  readonly summary: string
}

export interface GateArguments {
  /** The tree that is judged. */
  readonly root: string
  readonly flags: Readonly<Record<string, string | boolean | undefined>>
}

export interface Gate {
  readonly name: string
  readonly help: string
  readonly options?: ParseArgsOptionsConfig
  run(given: GateArguments): Promise<Verdict>
}

/**
 * Runs a gate as a command: `node scripts/NAME.ts [--json] [DIR]`. Findings go to stdout;
 * exit 0 when none is an error, 1 when one is, 2 when the command was written wrongly.
 */
export async function runGate(gate: Gate, argv: readonly string[]): Promise<void> {
  const parsed = parse(gate, argv)
  if (typeof parsed === 'string') {
    process.stderr.write(`${gate.name}: ${parsed}\n      next: node scripts/${gate.name}.ts --help\n`)
    process.exitCode = EXIT.usage
    return
  }
  if (parsed.flags.help === true) {
    process.stdout.write(gate.help)
    return
  }
  const verdict = await gate.run(parsed).catch(asVerdict)
  process.stdout.write(parsed.flags.json === true ? asJson(gate.name, verdict) : asText(gate.name, verdict))
  process.exitCode = failed(verdict.diagnostics) ? EXIT.failed : EXIT.done
}

/** A tool that fails is a finding like any other: a gate that could not look has not found nothing. */
function asVerdict(cause: unknown): Verdict {
  if (!(cause instanceof Failure)) throw cause
  return { diagnostics: [error('tool-failed', cause.message)], summary: 'nothing was judged' }
}

function parse(gate: Gate, argv: readonly string[]): GateArguments | string {
  const options: ParseArgsOptionsConfig = {
    ...gate.options,
    help: { type: 'boolean', short: 'h' },
    json: { type: 'boolean' },
  }
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
    if (positionals.length > 1) return `one directory at most, not ${positionals.length}`
    const flags: Record<string, string | boolean | undefined> = {}
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === 'string' || typeof value === 'boolean') flags[name] = value
    }
    return { root: positionals[0] ?? '.', flags }
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

function asText(name: string, verdict: Verdict): string {
  const errors = verdict.diagnostics.filter(diagnostic => diagnostic.severity === 'error').length
  const outcome = errors === 0 ? 'ok' : `${errors} ${errors === 1 ? 'error' : 'errors'}`
  return [...verdict.diagnostics.map(render), `${name}: ${outcome}; ${verdict.summary}`, ''].join('\n')
}

function asJson(gate: string, verdict: Verdict): string {
  const { diagnostics, summary } = verdict
  return `${JSON.stringify({ version: 1, gate, ok: !failed(diagnostics), summary, diagnostics }, undefined, 2)}\n`
}
