import type { Run } from '../../command.ts'
import { table } from '../../table.ts'
import { completionNodes } from './completion-nodes.ts'
import { bash, fish, powershell, zsh } from './completion-scripts.ts'

export const run: Run = async ({ positionals }, { output }) => {
  const generate = { bash, zsh, fish, powershell }[positionals[0] as 'bash' | 'zsh' | 'fish' | 'powershell']
  output.write(generate(completionNodes(table)))
  return 'done'
}
