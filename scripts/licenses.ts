import { resolve } from 'node:path'
import { isAbout } from './deny/exceptions.ts'
import type { Policy } from './deny/policy.ts'
import { readLockfile, readPolicy } from './deny/read.ts'
import { licenseKey, parseExpression, satisfies } from './deny/spdx.ts'
import { type Gate, runGate, type Verdict } from './gate/command.ts'
import { type Diagnostic, error } from './gate/diagnostic.ts'
import { graphOf, identityOf, type Located } from './gate/graph.ts'
import { runLicenseChecker } from './sbom/license-checker.ts'

/**
 * The second opinion on licences: license-checker reads node_modules by its own rules, and what it finds
 * must be allowed as well. Where its reading of a package differs from ours, a person must look.
 */
export const licensesGate: Gate = {
  name: 'licenses',
  help: `node scripts/licenses.ts [--list] [--json] [DIR]

Has license-checker read the licences of what ships, and holds them against DIR/deny.json.

  --list  print the packages and their licences
  --json  findings as JSON
`,
  options: { list: { type: 'boolean' } },
  run: async ({ root, flags }) => {
    const found = await runLicenseChecker(resolve(root))
    const verdict = judgeLicenses(resolve(root), found)
    if (flags.list === true && flags.json !== true) process.stdout.write(table(found))
    return verdict
  },
}

export function judgeLicenses(root: string, found: ReadonlyMap<string, string>): Verdict {
  const summary = `${found.size} packages by license-checker`
  const policy = readPolicy(root)
  if (!policy.ok) return { diagnostics: policy.error, summary }
  const lockfile = readLockfile(root)
  if (!lockfile.ok) return { diagnostics: lockfile.error, summary }
  const { packages } = graphOf(lockfile.value)
  const diagnostics = [...found].flatMap(([identity, license]) => {
    const located = packages.find(({ entry }) => identityOf(entry) === identity)
    return judge(policy.value, identity, license, located)
  })
  return { diagnostics, summary }
}

function judge(policy: Policy, identity: string, found: string, located: Located | undefined): Diagnostic[] {
  const { allow, exceptions, clarify } = policy.licenses
  const where = located === undefined ? { package: identity } : { package: identity, cameInBy: located.cameInBy }
  // A clarification rests on texts that a person read; a guess from the same texts adds nothing.
  if (located !== undefined && clarify.some(({ package: subject }) => isAbout(subject, located.entry))) return []
  const excused = exceptions.filter(exception => located !== undefined && isAbout(exception.package, located.entry))
  const allowed = new Set([...allow, ...excused.map(({ license }) => license)].map(text => licenseKey(text) ?? text))
  // An asterisk says that the licence was guessed from a text.
  const expression = parseExpression(found.replace(/\*$/, ''))
  if (!expression.ok) return [error('license-unparsable', `license-checker reads “${found}”`, where)]
  if (satisfies(expression.value, allowed)) return []
  return [error('license-denied', `license-checker reads ${found}`, where)]
}

function table(found: ReadonlyMap<string, string>): string {
  const width = Math.max(0, ...[...found.keys()].map(name => name.length))
  return [...found].map(([name, license]) => `${name.padEnd(width)}  ${license}\n`).join('')
}

if (import.meta.main) await runGate(licensesGate, process.argv.slice(2))
