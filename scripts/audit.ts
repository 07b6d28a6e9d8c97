import { resolve } from 'node:path'
import { judgeAudit } from './audit/judge.ts'
import { runNpmAudit } from './audit/npm.ts'
import { readLockfile, readPolicy } from './deny/read.ts'
import { type Gate, runGate, type Verdict } from './gate/command.ts'
import { graphOf } from './gate/graph.ts'

/**
 * Asks the registry which packages of the lockfile have known vulnerabilities, through npm's own client.
 * Silence is not innocence: a service that cannot be reached, or that did not look at every package,
 * fails the gate as an advisory does.
 */
export const auditGate: Gate = {
  name: 'audit',
  help: `node scripts/audit.ts [--registry URL] [--json] [DIR]

Asks the advisory service about every package in DIR/package-lock.json. An advisory fails, and so does a
service that does not answer. DIR/deny.json may ignore an advisory until a day, with a reason.

  --registry URL  ask this service instead of the one that npm is set to
  --json          findings as JSON
`,
  options: { registry: { type: 'string' } },
  run: async ({ root, flags }) => {
    const registry = typeof flags.registry === 'string' ? flags.registry : undefined
    return audit(resolve(root), { registry, now: Date.now(), retries: 2 })
  },
}

export interface AuditOptions {
  readonly registry: string | undefined
  readonly now: number
  readonly retries: number
}

export async function audit(root: string, { registry, now, retries }: AuditOptions): Promise<Verdict> {
  const policy = readPolicy(root)
  if (!policy.ok) return { diagnostics: policy.error, summary: 'nobody was asked' }
  const lockfile = readLockfile(root)
  if (!lockfile.ok) return { diagnostics: lockfile.error, summary: 'nobody was asked' }
  const answer = await runNpmAudit(root, { registry, retries })
  const graph = graphOf(lockfile.value)
  const diagnostics = judgeAudit(answer, { graph, policy: policy.value, now })
  return { diagnostics, summary: `${graph.packages.length} packages asked about` }
}

if (import.meta.main) await runGate(auditGate, process.argv.slice(2))
