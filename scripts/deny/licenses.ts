import { type Diagnostic, error } from '../gate/diagnostic.ts'
import type { Located } from '../gate/graph.ts'
import { isAbout } from './exceptions.ts'
import { licenseKey, parseExpression, satisfies } from './spdx.ts'
import { about, ships, type Tree } from './tree.ts'

/** Digests of the files that clarifications rest on, by path relative to the root; undefined when one is gone. */
export type FileDigests = ReadonlyMap<string, string | undefined>

/**
 * What ships must be under a licence of the allow-list and carry its text. What only builds and tests
 * may be under a few more. The licence is taken from the installed package where there is one, and
 * the lockfile must say the same.
 */
export function checkLicenses(tree: Tree, digests: FileDigests): Diagnostic[] {
  const { licenses } = tree.policy
  const allowed = keysOf(licenses.allow)
  const allowedDevelopment = new Set([...allowed, ...keysOf(licenses.allowDevelopment.map(({ license }) => license))])
  return tree.packages.flatMap(located => {
    if (located.entry.link) return []
    const findings = judgeText(tree, located)
    const declared = declaredLicense(tree, located, digests, findings)
    if (declared === undefined) return findings
    findings.push(...judge(tree, located, declared, ships(located) ? allowed : allowedDevelopment))
    return findings
  })
}

/** The allow-list entries for development that no package needs. */
export function unusedDevelopmentLicenses(tree: Tree): Diagnostic[] {
  const seen = tree.packages.flatMap(({ entry }) => [entry.license, fieldText(tree.installed.get(entry.path)?.license)])
  const texts = [...seen, ...tree.policy.licenses.clarify.map(({ expression }) => expression)]
  const used = new Set(texts.flatMap(text => (text === undefined ? [] : mentioned(text))))
  return tree.policy.licenses.allowDevelopment
    .filter(({ license }) => !used.has(licenseKey(license) ?? license))
    .map(({ license }) =>
      error('unused-exception', `licenses.allowDevelopment: no package is under ${license}`, { file: 'deny.json' }),
    )
}

function judge(tree: Tree, located: Located, declared: string, allowed: ReadonlySet<string>): Diagnostic[] {
  const { entry } = located
  const expression = parseExpression(declared)
  const next = 'choose another package, or state the case in deny.json with the reason'
  if (!expression.ok) {
    return [error('license-unparsable', `“${declared}”: ${expression.error}`, { ...about(located), next })]
  }
  if (satisfies(expression.value, allowed)) return []
  const excused = tree.exceptions.excuses(tree.policy.licenses.exceptions, exception => {
    return (
      isAbout(exception.package, entry) &&
      satisfies(expression.value, new Set([...allowed, ...keysOf([exception.license])]))
    )
  })
  if (excused) return []
  const audience = ships(located) ? 'what ships' : 'what builds and tests'
  return [error('license-denied', `${declared} is not allowed for ${audience}`, { ...about(located), next })]
}

/** What the package says, or what the policy clarifies; a finding instead when neither can be used. */
function declaredLicense(
  tree: Tree,
  located: Located,
  digests: FileDigests,
  findings: Diagnostic[],
): string | undefined {
  const { entry } = located
  const clarification = tree.exceptions.find(tree.policy.licenses.clarify, ({ package: name }) => isAbout(name, entry))
  if (clarification !== undefined) {
    const stale = clarification.files.filter(file => {
      const path = `${entry.path}/${file.path}`
      return tree.installed.has(entry.path) && digests.get(path) !== file.sha256
    })
    for (const file of stale) {
      findings.push(
        error('clarification-stale', `${file.path} is not what was read`, { ...about(located), file: entry.path }),
      )
    }
    return clarification.expression
  }
  const installed = tree.installed.get(entry.path)
  const onDisk = installed === undefined ? undefined : fieldText(installed.license)
  if (installed !== undefined && onDisk !== entry.license && entry.path.includes('node_modules/')) {
    const said = `package.json says ${onDisk ?? 'nothing'}, the lockfile ${entry.license ?? 'nothing'}`
    findings.push(error('license-disagrees', said, about(located)))
  }
  const declared = onDisk ?? entry.license
  if (declared !== undefined && declared !== '' && declared.toUpperCase() !== 'UNLICENSED') return declared
  findings.push(error('license-missing', 'no licence named; nobody may pass it on', about(located)))
  return undefined
}

function judgeText(tree: Tree, located: Located): Diagnostic[] {
  const { entry } = located
  const installed = tree.installed.get(entry.path)
  if (!ships(located) || installed === undefined || installed.licenseFiles.length > 0) return []
  if (tree.exceptions.excuses(tree.policy.licenses.texts, text => isAbout(text.package, entry))) return []
  return [
    error('license-text-missing', 'no LICENSE file inside, so there is no notice to pass on', {
      ...about(located),
      next: 'add the text from its repository under licenses.texts in deny.json',
    }),
  ]
}

/** The three forms that the field has had over the years, as one expression; as npm writes it to the lockfile. */
export function fieldText(field: unknown): string | undefined {
  if (typeof field === 'string') return field
  if (Array.isArray(field)) {
    const texts = field.map(fieldText).filter(text => text !== undefined)
    return texts.length === 0 ? undefined : texts.length === 1 ? texts[0] : `(${texts.join(' OR ')})`
  }
  if (typeof field === 'object' && field !== null && 'type' in field) return fieldText(field.type)
  return undefined
}

function keysOf(licenses: readonly string[]): Set<string> {
  return new Set(licenses.map(license => licenseKey(license) ?? license))
}

function mentioned(text: string): string[] {
  return text
    .split(/[\s()]+/)
    .map(word => word.toLowerCase())
    .concat(licenseKey(text) ?? [])
}
