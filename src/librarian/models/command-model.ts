import { mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, isAbsolute, join, relative } from 'node:path'
import { type ChildError, runChild } from '#base/child.ts'
import { err, ok, type Result } from '#base/result.ts'
import type { CommandProcessor } from '#config/index.ts'
import { type Model, type ModelError, type Reply, replyBytesMax, textOf } from './model.ts'
import type { World } from './world.ts'

const codes: Readonly<Record<ChildError['code'], ModelError['code']>> = {
  not_found: 'model_not_found',
  not_started: 'model_not_started',
  timed_out: 'model_timed_out',
  output_too_large: 'model_output_too_large',
  killed: 'model_killed',
}

/**
 * A program of the person's. What it reads was written by anybody, so it starts where nothing lies: in an empty
 * directory of its own, with no more environment than it needs to run, and never from the project that the drafts are
 * about. It ends with its group. The prompt goes by stdin: arguments are for all users to see.
 */
export function commandModel(settings: CommandProcessor, world: World): Model {
  return {
    name: `command:${settings.name}`,
    model: settings.model,
    ask: async ({ system, user }) => {
      const program = programOf(settings.command[0] ?? '', world)
      if (!program.ok) return program
      const directory = mkdtempSync(join(tmpdir(), 'postern-model-'))
      try {
        return await answerOf([program.value, ...settings.command.slice(1)], {
          input: `${system}\n\n${user}\n`,
          env: environmentOf(settings, world, directory),
          cwd: directory,
          timeoutMs: settings.timeoutMs,
          outputBytesMax: replyBytesMax,
          endsGroup: true,
          ...(world.signal === undefined ? {} : { signal: world.signal }),
        })
      } finally {
        rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
      }
    },
  }
}

async function answerOf(
  words: readonly string[],
  options: Parameters<typeof runChild>[1],
): Promise<Result<Reply, ModelError>> {
  const answer = await runChild(words, options)
  if (!answer.ok) return err({ code: codes[answer.error.code], message: answer.error.message })
  const { exit, stdout } = answer.value
  if (exit !== 0) return err({ code: 'model_exit', message: `${words[0]} ended with ${exit}` })
  const text = textOf(stdout)?.trim()
  if (text === undefined) return err({ code: 'reply_not_utf8', message: 'the answer is no UTF-8' })
  return text === '' ? err({ code: 'reply_empty', message: 'the answer is empty' }) : ok({ text })
}

/** The program itself, found as a shell would; one that lies in the project is as foreign as the project is. */
function programOf(name: string, { env, project }: World): Result<string, ModelError> {
  const found = isAbsolute(name) ? [name] : absoluteDirectories(env.PATH).flatMap(each => named(join(each, name)))
  const usable = found.filter(each => isProgram(each))
  const [first] = usable.filter(each => !isBelow(each, project))
  if (first !== undefined) return ok(first)
  return usable.length > 0
    ? err({ code: 'model_in_project', message: `${name} lies in this project, and is not run` })
    : err({ code: 'model_not_found', message: `there is no program ${name}` })
}

function named(path: string): readonly string[] {
  return process.platform === 'win32' ? [path, `${path}.exe`] : [path]
}

function isProgram(path: string): boolean {
  const entry = statSync(path, { throwIfNoEntry: false })
  return entry?.isFile() === true && (process.platform === 'win32' || (entry.mode & 0o111) !== 0)
}

function isBelow(path: string, project: string | undefined): boolean {
  if (project === undefined) return false
  const top = realpathSync(project)
  return [path, join(realpathSync(dirname(path))), realpathSync(path)].some(each => {
    const way = relative(top, each)
    return way === '' || (!way.startsWith('..') && !isAbsolute(way))
  })
}

/** Others of PATH would be looked for below a directory that is not the person's choice. */
function absoluteDirectories(path: string | undefined): readonly string[] {
  return (path ?? '').split(delimiter).filter(isAbsolute)
}

function environmentOf({ home }: CommandProcessor, { env, homeDir }: World, directory: string) {
  return {
    PATH: absoluteDirectories(env.PATH).join(delimiter),
    LANG: env.LANG ?? 'C.UTF-8',
    TMPDIR: directory,
    ...(home ? { HOME: homeDir } : {}),
    ...(process.platform === 'win32' ? { SystemRoot: env.SystemRoot, ...(home ? { USERPROFILE: homeDir } : {}) } : {}),
  }
}
