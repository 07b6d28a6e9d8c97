import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { namesToAsk } from './deny/age.ts'
import { judgeTree } from './deny/judge.ts'
import { popularNames } from './deny/names.ts'
import { readClarified, readPolicy, readText, readTree } from './deny/read.ts'
import { askRegistry } from './deny/registry.ts'
import { type Gate, runGate, type Verdict } from './gate/command.ts'

/**
 * Holds the dependency tree against the policy in deny.json: sources and integrity, licences, bans,
 * install scripts and machine code inside packages, look-alike names, release age, deprecation, and
 * the line that each direct dependency has in docs/dependencies.md. docs/supply-chain.md lists the codes.
 */
export const denyGate: Gate = {
  name: 'deny',
  help: `node scripts/deny.ts [--online] [--registry URL] [--json] [DIR]

Holds the dependency tree of DIR (default: here) against DIR/deny.json.

  --online        ask the registry too: release age, withdrawn and deprecated versions
  --registry URL  ask this registry instead of the one that npm is set to
  --json          findings as JSON

Exit 0: nothing found. 1: something found. 2: the command was written wrongly.
Every code is explained in docs/supply-chain.md.
`,
  options: { online: { type: 'boolean' }, registry: { type: 'string' } },
  run: async ({ root, flags }) => {
    const registry = typeof flags.registry === 'string' ? flags.registry : undefined
    return deny(resolve(root), { online: flags.online === true || registry !== undefined, registry, now: Date.now() })
  },
}

export interface DenyOptions {
  readonly online: boolean
  readonly registry: string | undefined
  readonly now: number
}

export async function deny(root: string, { online, registry, now }: DenyOptions): Promise<Verdict> {
  const policy = readPolicy(root)
  if (!policy.ok) return { diagnostics: policy.error, summary: 'nothing was judged' }
  const machine = { os: process.platform, cpu: process.arch }
  const read = readTree(root, policy.value, machine)
  if (!read.ok) return { diagnostics: read.error, summary: 'nothing was judged' }
  const tree = read.value
  const answers = online ? await askRegistry(registry ?? defaultRegistry(), namesToAsk(tree)) : undefined
  const diagnostics = judgeTree(tree, {
    popular: popularNames(readText(popularNamesFile) ?? ''),
    documentation: readText(resolve(root, policy.value.documentation.file)),
    fileDigests: readClarified(root, tree),
    registry: answers,
    now,
  })
  const count = (scope: string): number => tree.packages.filter(located => located.scope === scope).length
  const elsewhere = tree.packages.filter(({ entry }) => !entry.link && !tree.installed.has(entry.path)).length
  const judged = `${count('production')} packages that ship, ${tree.packages.length - count('production')} that build and test`
  return { diagnostics, summary: `${judged}; ${elsewhere} for other platforms judged by the lockfile alone` }
}

const popularNamesFile = resolve(import.meta.dirname, 'deny/popular-names.txt')

function defaultRegistry(): string {
  return execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()
}

if (import.meta.main) await runGate(denyGate, process.argv.slice(2))
