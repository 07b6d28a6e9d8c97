import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { Failure } from '#base/failure.ts'
import { splitWords } from '#base/words.ts'
import type { Session } from './session.ts'

export interface Editing {
  readonly file: string
  /** Counted from 1; editors that can open there do. */
  readonly line?: number
}

/** Opens a file in the person's editor and waits for its end. `$VISUAL` and `$EDITOR` are words, not scripts. */
export function openEditor({ env }: Pick<Session, 'env'>, { file, line = 1 }: Editing): void {
  const said = [env.VISUAL, env.EDITOR].find(value => value !== undefined && value.trim() !== '')
  const words = splitWords(said ?? (process.platform === 'win32' ? 'notepad' : 'vi'))
  const [program, ...args] = words ?? []
  if (program === undefined) throw new Failure('usage', 'editor_invalid', 'EDITOR has a quote that is not closed')
  const { error, status, signal } = spawnSync(program, [...args, ...placeArguments(program, file, line)], {
    stdio: 'inherit',
    env: { ...env },
  })
  if (error !== undefined) {
    throw new Failure('failed', 'editor_missing', `cannot run the editor ${program}: ${error.message}`, {
      next: 'export EDITOR=nano',
      cause: error,
    })
  }
  if (status !== 0) throw new Failure('failed', 'editor_failed', `${program} ended with ${status ?? signal}`)
}

function placeArguments(program: string, file: string, line: number): string[] {
  const name = basename(program).replace(/\.exe$/i, '')
  if (/^(?:vi|vim|nvim|gvim|nano|emacs|emacsclient|kak|micro|joe)$/.test(name)) return [`+${line}`, file]
  if (name === 'hx' || name === 'helix') return [`${file}:${line}`]
  return [file]
}
