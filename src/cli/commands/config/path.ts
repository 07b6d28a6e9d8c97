import type { Run } from '../../command.ts'

export const run: Run = async (_invocation, { paths, output }) => {
  if (output.json) output.data({ file: paths.configFile })
  else output.write(`${paths.configFile}\n`)
  return 'done'
}
