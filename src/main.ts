import './base/harden.ts'
import { readableStacks } from './base/stacks.ts'
import { run } from './cli/run.ts'

readableStacks()
void run(process.argv.slice(2)).then(exit => {
  process.exitCode = exit
})
