import { type Diagnostic, error, note } from '../gate/diagnostic.ts'
import type { Located } from '../gate/graph.ts'
import { isAbout } from './exceptions.ts'
import type { Packument, RegistryAnswer } from './registry.ts'
import { about, ships, type Tree } from './tree.ts'

const dayMs = 24 * 60 * 60 * 1000

/** The names that `checkAge` wants to hear about. */
export function namesToAsk(tree: Tree): string[] {
  return tree.packages.filter(isPublished).map(nameOf)
}

/**
 * How old the releases are, and whether they were withdrawn. Most poisoned releases are found within
 * days, so waiting is the cheapest defence. `answers` is undefined when the registry was not asked.
 */
export function checkAge(
  tree: Tree,
  answers: ReadonlyMap<string, RegistryAnswer> | undefined,
  now: number,
): Diagnostic[] {
  if (answers === undefined) {
    const why = 'release age and withdrawal were not checked; deprecation only as far as the lockfile tells'
    const findings = [note('registry-not-asked', why, { next: 'node scripts/deny.ts --online' })]
    return [...findings, ...tree.packages.flatMap(located => judgeDeprecation(tree, located, located.entry.deprecated))]
  }
  const published = tree.packages.filter(isPublished)
  const silent = published.filter(located => answerFor(answers, located) === 'unreachable')
  const findings = published.flatMap(located => {
    const answer = answerFor(answers, located)
    if (answer === 'unreachable') return []
    if (answer === 'gone')
      return [error('unpublished-version', 'the registry does not know the package', about(located))]
    return judge(tree, located, answer, now)
  })
  if (silent.length === 0) return findings
  const report = tree.policy.age.onUnreachable === 'fail' ? error : note
  const names = silent.slice(0, 5).map(nameOf).join(', ')
  return [...findings, report('registry-unreachable', `no answer about ${silent.length} packages (${names}…)`)]
}

function judge(tree: Tree, located: Located, packument: Packument, now: number): Diagnostic[] {
  const { version } = located.entry
  if (!packument.versions.has(version)) {
    return [error('unpublished-version', 'the registry has the package, but no longer this version', about(located))]
  }
  const deprecated = packument.versions.get(version) ?? located.entry.deprecated
  return [...judgeDeprecation(tree, located, deprecated), ...judgeAge(tree, located, packument, now)]
}

function judgeAge(tree: Tree, located: Located, packument: Packument, now: number): Diagnostic[] {
  const { entry } = located
  const { daysMin, exceptions } = tree.policy.age
  const publishedAt = Date.parse(packument.publishedAt.get(entry.version) ?? '')
  if (Number.isNaN(publishedAt)) return [error('release-date-unknown', 'no date of publication', about(located))]
  const ageDays = (now - publishedAt) / dayMs
  if (ageDays >= daysMin) return []
  const excused = tree.exceptions.excuses(exceptions, exception => {
    return isAbout(exception.package, entry) && Date.parse(`${exception.expires}T23:59:59Z`) >= now
  })
  if (excused) return []
  const age = `published ${ageDays.toFixed(1)} days ago; the policy waits ${daysMin}`
  return [error('release-too-young', age, { ...about(located), next: 'take the release before it, or wait' })]
}

function judgeDeprecation(tree: Tree, located: Located, deprecated: string | undefined): Diagnostic[] {
  const { scope, exceptions } = tree.policy.deprecated
  if (deprecated === undefined || (scope === 'production' && !ships(located))) return []
  if (tree.exceptions.excuses(exceptions, exception => isAbout(exception.package, located.entry))) return []
  return [error('deprecated-version', deprecated.slice(0, 200), about(located))]
}

function isPublished({ entry }: Located): boolean {
  return !entry.link && entry.path.includes('node_modules/')
}

function nameOf({ entry }: Located): string {
  return entry.publishedAs ?? entry.name
}

function answerFor(answers: ReadonlyMap<string, RegistryAnswer>, located: Located): Packument | 'gone' | 'unreachable' {
  const answer = answers.get(nameOf(located))
  if (answer === undefined) return 'unreachable'
  return answer.ok ? answer.value : answer.error
}
