import { homedir } from 'node:os'
import { systemClock } from '#base/clock.ts'
import { EXIT, Failure } from '#base/failure.ts'
import { defaultInstance, demoInstance, resolvePaths } from '#base/paths.ts'
import { dropPermissions } from '#base/permissions.ts'
import type { Options } from './command.ts'
import { helpFor } from './help.ts'
import { parseCommandLine } from './parse.ts'
import { renderFailure } from './render-failure.ts'
import type { Session } from './session.ts'
import { table } from './table.ts'
import { type OutputChoice, terminalInput, terminalOutput } from './terminal.ts'

/**
 * argv to an exit code. The only place that turns a failure into words, and the only one that decides what a command
 * may still do: permissions are dropped before its code is loaded.
 */
export async function run(args: readonly string[]): Promise<number> {
  endQuietlyWhenNobodyListens()
  let choice = choiceBeforeParsing(args)
  try {
    const { command, invocation } = parseCommandLine(table, args)
    choice = choiceOf(invocation.options)
    const output = terminalOutput(choice, process.env)
    if (invocation.options.flag('help') || command.load === undefined) {
      const asked = invocation.options.flag('help') || invocation.path.length === 0
      if (!asked)
        throw new Failure('usage', 'subcommand_missing', `which ${invocation.path.join(' ')}?`, {
          next: `postern ${invocation.path.join(' ')} --help`,
        })
      output.write(helpFor(command, invocation.path, output))
      return EXIT.done
    }
    dropPermissions(command.keeps ?? [])
    const { run: runCommand } = await command.load()
    return EXIT[(await runCommand(invocation, sessionFor(invocation.options, output))) ?? 'done']
  } catch (error) {
    return renderFailure(error, terminalOutput(choice, process.env))
  }
}

function sessionFor(options: Options, output: Session['output']): Session {
  const home = homedir()
  return {
    paths: resolvePaths({
      platform: process.platform,
      env: process.env,
      home,
      instance: options.flag('demo') ? demoInstance : defaultInstance,
    }),
    env: process.env,
    workingDirectory: process.cwd(),
    clock: systemClock,
    output,
    input: terminalInput,
  }
}

function choiceOf(options: Options): OutputChoice {
  const color = options.value('color')
  return {
    json: options.flag('json'),
    quiet: options.flag('quiet'),
    color: color === 'always' || color === 'never' ? color : 'auto',
  }
}

/** A command line that cannot be parsed is still answered in the form that it asked for. */
function choiceBeforeParsing(args: readonly string[]): OutputChoice {
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  return { json: options.includes('--json'), quiet: false, color: 'auto' }
}

/** `postern … | head -1` closes our stdout: that is the reader's decision and no error. */
function endQuietlyWhenNobodyListens(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT.done)
      throw error
    })
  }
}
