import { exitCode, Failure } from '#base/failure.ts'
import { defaultInstance, resolvePaths } from '#base/paths.ts'
import { printableJson } from '#base/printable.ts'
import { openSession } from '#cli/open-session.ts'
import { parseCommandLine } from '#cli/parse.ts'
import { renderFailure } from '#cli/render-failure.ts'
import type { Output } from '#cli/session.ts'
import { table } from '#cli/table.ts'
import { newDirectory, type Ran } from '../../postern.ts'

export interface InProcessOptions {
  readonly home?: string
  readonly cwd?: string
  readonly input?: string | Uint8Array
  readonly isTerminal?: boolean
  readonly env?: Readonly<Record<string, string>>
}

/** The command line without the process around it, for many calls in a row; the system tests start the real one. */
export async function inProcess(args: readonly string[], options: InProcessOptions = {}): Promise<Ran> {
  const text = { stdout: '', stderr: '' }
  const output = captured(text, args.includes('--json'), options.isTerminal ?? false)
  const home = options.home ?? newDirectory('home')
  const session = openSession({
    paths: resolvePaths({ platform: process.platform, env: {}, home, instance: defaultInstance }),
    env: options.env ?? {},
    workingDirectory: options.cwd ?? home,
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    output,
    claim: undefined,
    input: {
      isTerminal: options.isTerminal ?? false,
      readAll: () => Buffer.from(options.input ?? ''),
      readLine: () => undefined,
    },
  })
  try {
    const { command, invocation } = parseCommandLine(table, args)
    if (command.load === undefined) throw new Error('no command')
    const { run } = await command.load()
    const exit = exitCode(await run(invocation, session))
    return { ...text, exit, signal: null }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const exit = renderFailure(error, output)
    return { ...text, exit, signal: null }
  }
}

function captured(text: { stdout: string; stderr: string }, json: boolean, isTerminal: boolean): Output {
  const talk = (line: string) => {
    text.stderr += `${line}\n`
  }
  const write = (data: string | Uint8Array) => {
    text.stdout += typeof data === 'string' ? data : Buffer.from(data).toString()
  }
  return {
    json,
    isTerminal,
    color: false,
    columns: 80,
    write,
    talk,
    progress: () => undefined,
    complain: talk,
    data: value => write(`${printableJson(value)}\n`),
  }
}
