import type { Command, Option } from '../../command.ts'
import { globalOptions } from '../../parse.ts'

/** One place in the command line, and what may be typed there. */
export interface CompletionNode {
  /** The words so far, `config show`; empty at the top. */
  readonly path: string
  readonly words: readonly { readonly word: string; readonly summary: string }[]
  readonly options: readonly CompletionOption[]
}

export interface CompletionOption {
  /** With its dashes. */
  readonly name: string
  readonly short: string | undefined
  readonly summary: string
  readonly takesValue: boolean
  readonly choices: readonly string[]
}

export function completionNodes(command: Command, path = ''): CompletionNode[] {
  const subcommands = command.subcommands ?? []
  const arguments_ = (command.positionals ?? []).flatMap(({ choices }) => choices ?? [])
  const words = [
    ...subcommands.map(({ name, summary }) => ({ word: name, summary })),
    ...arguments_.map(word => ({ word, summary: '' })),
  ]
  const options = Object.entries<Option>({ ...command.options, ...globalOptions }).map(([name, option]) => ({
    name: `--${name}`,
    short: option.short === undefined ? undefined : `-${option.short}`,
    summary: option.summary,
    takesValue: option.value !== undefined,
    choices: option.choices ?? [],
  }))
  const below = subcommands.flatMap(sub => completionNodes(sub, path === '' ? sub.name : `${path} ${sub.name}`))
  return [{ path, words, options }, ...below]
}
