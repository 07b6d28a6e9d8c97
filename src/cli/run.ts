import { homedir } from 'node:os'
import { systemClock } from '#base/clock.ts'
import { EXIT, exitCode, Failure } from '#base/failure.ts'
import { restartWithLargePages } from '#base/large-pages.ts'
import { defaultInstance, demoInstance, resolvePaths } from '#base/paths.ts'
import { dropPermissions } from '#base/permissions.ts'
import { claimOf, onlyPerson } from './claim.ts'
import type { Command, Invocation, Options } from './command.ts'
import { helpFor } from './help.ts'
import { openSession } from './open-session.ts'
import { firstWordOf, parseCommandLine } from './parse.ts'
import { renderFailure } from './render-failure.ts'
import { tableFor } from './rooms.ts'
import type { Output } from './session.ts'
import { type OutputChoice, terminalInput, terminalOutput } from './terminal.ts'

/**
 * argv to an exit code. The only place that turns a failure into words, and the only one that decides what a command
 * may still do: permissions are dropped before its code runs.
 */
export async function run(args: readonly string[]): Promise<number> {
  let output = terminalOutput(choiceBeforeParsing(args), process.env)
  try {
    const { command, invocation } = parseCommandLine(await tableFor(firstWordOf(args)), args)
    output = terminalOutput(choiceOf(invocation.options), process.env)
    if (invocation.options.flag('help') || command.load === undefined) return showHelp(command, invocation, output)
    return await runCommand(command, command.load, { args, invocation, output })
  } catch (error) {
    return renderFailure(error, output)
  }
}

function showHelp(command: Command, { path, options }: Invocation, output: Output): number {
  const asked = options.flag('help') || path.length === 0
  if (!asked) {
    const words = ['postern', ...path].join(' ')
    throw new Failure('usage', 'subcommand_missing', `${words} needs a command`, { next: `${words} --help` })
  }
  output.write(helpFor(command, path, output))
  return EXIT.done
}

async function runCommand(
  command: Command,
  load: NonNullable<Command['load']>,
  { args, invocation, output }: { args: readonly string[]; invocation: Invocation; output: Output },
): Promise<number> {
  const claim = claimOf(process.env, invocation.options.value('as'))
  // Whatever opens files by itself goes past the gate: it is for the person.
  if (claim !== undefined && command.agents !== true && command.stateless !== true) {
    throw onlyPerson(['postern', ...invocation.path].join(' '))
  }
  if (command.isHeavy?.(invocation) === true) restartWithLargePages(args, process.env)
  dropPermissions(command.keeps ?? [])
  const session = openSession({
    paths: resolvePaths({
      platform: process.platform,
      env: process.env,
      home: homedir(),
      instance: command.instance === 'demo' || invocation.options.flag('demo') ? demoInstance : defaultInstance,
    }),
    env: process.env,
    workingDirectory: process.cwd(),
    clock: systemClock,
    output,
    input: terminalInput,
    claim,
  })
  if (command.stateless !== true) await session.config()
  const { run: start } = await load()
  return exitCode(await start(invocation, session))
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
