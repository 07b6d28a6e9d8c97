import type { Run } from '../../command.ts'
import { helpFor } from '../../help.ts'
import { parseCommandLine } from '../../parse.ts'
import { table } from '../../table.ts'

export const run: Run = async ({ positionals }, { output }) => {
  const { command, invocation } = parseCommandLine(table, [...positionals, '--help'])
  output.write(helpFor(command, invocation.path, output))
  return 'done'
}
