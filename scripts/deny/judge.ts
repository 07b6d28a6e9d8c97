import type { Diagnostic } from '../gate/diagnostic.ts'
import { checkIgnores } from './advisories.ts'
import { checkAge } from './age.ts'
import { checkBans } from './bans.ts'
import { checkDocumented } from './documented.ts'
import { checkLicenses, type FileDigests, unusedDevelopmentLicenses } from './licenses.ts'
import { checkNames, type PopularNames } from './names.ts'
import type { RegistryAnswer } from './registry.ts'
import { checkSources } from './sources.ts'
import type { Tree } from './tree.ts'

/** What the checks need besides the tree. */
export interface Evidence {
  readonly popular: PopularNames
  readonly documentation: string | undefined
  readonly fileDigests: FileDigests
  /** Undefined when the registry was not asked. */
  readonly registry: ReadonlyMap<string, RegistryAnswer> | undefined
  readonly now: number
}

/** Holds a tree against its policy: every check, then the exceptions that none of them needed. */
export function judgeTree(tree: Tree, evidence: Evidence): Diagnostic[] {
  const { policy, exceptions } = tree
  const findings = [
    ...checkSources(tree),
    ...checkLicenses(tree, evidence.fileDigests),
    ...checkBans(tree),
    ...checkNames(tree, evidence.popular),
    ...checkDocumented(tree, evidence.documentation),
    ...checkIgnores(policy, evidence.now),
    ...checkAge(tree, evidence.registry, evidence.now),
  ]
  const sections: [string, readonly object[]][] = [
    ['graph.exclude', policy.graph.exclude],
    ['graph.optionalPeers', policy.graph.optionalPeers],
    ['licenses.exceptions', policy.licenses.exceptions],
    ['licenses.clarify', policy.licenses.clarify],
    ['licenses.texts', policy.licenses.texts],
    ['bans.builtinExceptions', policy.bans.builtinExceptions],
    ['bans.duplicates.skip', policy.bans.duplicates.skip],
    ['bans.wildcards', policy.bans.wildcards],
    ['build.installScripts', policy.build.installScripts],
    ['build.files', policy.build.files],
    ['sources.links', policy.sources.links],
    ['sources.bundled', policy.sources.bundled],
    ['names.exceptions', policy.names.exceptions],
    ['names.renamed', policy.names.renamed],
  ]
  // Without the registry nobody knows whether these were needed.
  if (evidence.registry !== undefined) {
    sections.push(['age.exceptions', policy.age.exceptions], ['deprecated.exceptions', policy.deprecated.exceptions])
  }
  const unused = sections.flatMap(([section, list]) => exceptions.unused(section, list))
  return [...findings, ...unused, ...unusedDevelopmentLicenses(tree)]
}
