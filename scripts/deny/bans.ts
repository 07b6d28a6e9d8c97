import { type Diagnostic, error } from '../gate/diagnostic.ts'
import { identityOf, type Located } from '../gate/graph.ts'
import { isAbout, matchesGlob } from './exceptions.ts'
import type { Suspect } from './installed.ts'
import { about, directDependencies, ships, type Tree } from './tree.ts'

/** What may not be in the tree whatever its licence: by name, by number, by what it carries. */
export function checkBans(tree: Tree): Diagnostic[] {
  return [
    ...tree.packages.flatMap(located => [
      ...banned(tree, located),
      ...replaced(tree, located),
      ...installScripts(tree, located),
      ...contents(tree, located),
      ...wildcards(tree, located),
    ]),
    ...rootRanges(tree),
    ...duplicates(tree),
  ]
}

function banned(tree: Tree, located: Located): Diagnostic[] {
  const ban = tree.policy.bans.deny.find(({ package: name }) => isAbout(name, located.entry))
  if (ban === undefined) return []
  const next = ban.useInstead === undefined ? {} : { next: `use ${ban.useInstead}` }
  return [error('banned-package', ban.reason, { ...about(located), ...next })]
}

/** Node has it: one more publisher to trust, for nothing. What others chose to depend on is theirs to answer for. */
function replaced(tree: Tree, located: Located): Diagnostic[] {
  const { builtins, builtinExceptions } = tree.policy.bans
  const isDirect = directDependencies(tree.manifest).some(([name]) => located.entry.path === `node_modules/${name}`)
  const builtin = builtins.find(({ package: name }) => isDirect && isAbout(name, located.entry))
  if (builtin === undefined) return []
  if (tree.exceptions.excuses(builtinExceptions, exception => isAbout(exception.package, located.entry))) return []
  return [error('builtin-replaces', `Node has ${builtin.useInstead}`, about(located))]
}

function installScripts(tree: Tree, located: Located): Diagnostic[] {
  const { entry } = located
  const scripts = tree.installed.get(entry.path)?.installScripts ?? []
  if (!entry.hasInstallScript && scripts.length === 0) return []
  const { installScripts: excused } = tree.policy.build
  if (tree.exceptions.excuses(excused, exception => isAbout(exception.package, entry))) return []
  const which = scripts.length === 0 ? 'an install script' : scripts.join(', ')
  return [error('install-script', `wants to run ${which}`, about(located))]
}

/** One finding for each kind of file in a package: a package with prebuilt add-ons has dozens of them. */
function contents(tree: Tree, located: Located): Diagnostic[] {
  const installed = tree.installed.get(located.entry.path)
  if (installed === undefined) {
    // For another platform: nobody can say here whether its exception is needed, so it counts as needed.
    tree.exceptions.excuses(tree.policy.build.files, exception => isAbout(exception.package, located.entry))
    return []
  }
  const unexcused = installed.suspects.filter(suspect => !isExcused(tree, located, suspect))
  return [...Map.groupBy(unexcused, ({ kind }) => kind)].map(([kind, files]) => {
    const shown = files.slice(0, 3).map(({ path }) => path)
    const more = files.length > shown.length ? ` and ${files.length - shown.length} more` : ''
    return error(kind, `${shown.join(', ')}${more}`, { ...about(located), file: located.entry.path })
  })
}

function isExcused(tree: Tree, located: Located, suspect: Suspect): boolean {
  return tree.exceptions.excuses(tree.policy.build.files, exception => {
    if (exception.kind !== suspect.kind || !isAbout(exception.package, located.entry)) return false
    if (exception.sha256 !== undefined && exception.sha256 !== suspect.sha256) return false
    return matchesGlob(exception.path, suspect.path)
  })
}

function isWildcard(range: string): boolean {
  return ['', '*', 'x', 'X', 'latest', '>=0', '>=0.0.0'].includes(range.trim())
}

/** A shipped package that accepts anything lets whoever publishes that name next decide what ships. */
function wildcards(tree: Tree, located: Located): Diagnostic[] {
  if (!ships(located)) return []
  const { entry } = located
  const open = [...entry.dependencies, ...entry.optionalDependencies].filter(([, range]) => isWildcard(range))
  if (open.length === 0) return []
  if (tree.exceptions.excuses(tree.policy.bans.wildcards, exception => isAbout(exception.package, entry))) return []
  return open.map(([name, range]) => error('wildcard-range', `asks for ${name} “${range}”`, about(located)))
}

function rootRanges({ manifest }: Tree): Diagnostic[] {
  return directDependencies(manifest).flatMap(([name, range]) => {
    const details = { package: name, cameInBy: [manifest.name, name], file: 'package.json' }
    if (isWildcard(range)) return [error('wildcard-range', `“${range}” accepts any version`, details)]
    const exact = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(range) || range.startsWith('file:')
    return exact
      ? []
      : [error('inexact-version', `“${range}” is not one version`, { ...details, next: 'npm pkg set it' })]
  })
}

function duplicates(tree: Tree): Diagnostic[] {
  const { scope, skip } = tree.policy.bans.duplicates
  const judged = tree.packages.filter(located => scope === 'all' || ships(located))
  const byName = Map.groupBy(judged, ({ entry }) => entry.publishedAs ?? entry.name)
  return [...byName].flatMap(([name, copies]) => {
    const versions = new Set(copies.map(({ entry }) => entry.version))
    const [first] = copies
    if (versions.size < 2 || first === undefined) return []
    const surplus = copies.filter(({ entry }) => {
      return !tree.exceptions.excuses(skip, exception => isAbout(exception.package, entry))
    })
    if (new Set(surplus.map(({ entry }) => entry.version)).size < 2) return []
    const trails = copies.map(copy => copy.cameInBy.join(' > ')).join(' and ')
    return [
      error('duplicate-version', `${[...versions].join(' and ')} of ${name}: ${trails}`, {
        package: identityOf(first.entry),
      }),
    ]
  })
}
