import type { Command } from './command.ts'

type Load = () => Promise<readonly Command[]>

const mail: Load = async () => (await import('./commands/mail/spec.ts')).mailCommands
const memory: Load = async () => (await import('./commands/memory/spec.ts')).memoryCommands
const self: Load = async () => (await import('./commands/self/spec.ts')).selfCommands

/** Commands that are called so often that they are found without building the table of all. */
export const loadedAlone: Readonly<Record<string, Load>> = {
  search: mail,
  count: mail,
  show: mail,
  thread: mail,
  raw: mail,
  labels: mail,
  memory,
  version: self,
}

/** The top of the table with what the word needs; all of it for any other word, and for help and completions. */
export async function tableFor(word: string | undefined): Promise<Command> {
  const load = word !== undefined && Object.hasOwn(loadedAlone, word) ? loadedAlone[word] : undefined
  if (load === undefined) return (await import('./table.ts')).table
  return { name: 'postern', summary: '', subcommands: await load() }
}
