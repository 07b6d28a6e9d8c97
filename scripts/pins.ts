import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readPolicy } from './deny/read.ts'
import { type Gate, runGate, type Verdict } from './gate/command.ts'
import { checkUpdates } from './pins/updates.ts'
import { checkAction, checkWorkflow } from './pins/workflow.ts'

/**
 * Holds everything under .github against the rules for workflows: what they run is pinned, what they
 * may do is named, and nothing that a stranger can write reaches a shell.
 */
export const pinsGate: Gate = {
  name: 'pins',
  help: `node scripts/pins.ts [--json] [DIR]

Checks DIR/.github: every action is pinned to a commit of scripts/pins/table.ts with its version in a
comment, and the workflows follow the rules of docs/supply-chain.md.

  --json  findings as JSON
`,
  run: async ({ root }) => checkPins(resolve(root)),
}

export function checkPins(root: string): Verdict {
  const policy = readPolicy(root)
  if (!policy.ok) return { diagnostics: policy.error, summary: 'nothing was judged' }
  const files = yamlFiles(root, '.github')
  const diagnostics = files.flatMap(file => {
    const text = readFileSync(join(root, file), 'utf8')
    if (file.startsWith('.github/workflows/')) return checkWorkflow(text, file)
    if (/\/action\.ya?ml$/.test(file)) return checkAction(text, file)
    return /\/dependabot\.ya?ml$/.test(file) ? checkUpdates(text, file, policy.value.age.daysMin) : []
  })
  return { diagnostics, summary: `${files.length} files under .github` }
}

function yamlFiles(root: string, directory: string): string[] {
  if (!existsSync(join(root, directory))) return []
  return readdirSync(join(root, directory), { withFileTypes: true })
    .flatMap(item => {
      const path = `${directory}/${item.name}`
      if (item.isDirectory()) return yamlFiles(root, path)
      return /\.ya?ml$/.test(item.name) ? [path] : []
    })
    .sort()
}

if (import.meta.main) await runGate(pinsGate, process.argv.slice(2))
