import * as v from 'valibot'
import { checkIgnores, ignoresInForce } from '../deny/advisories.ts'
import { Exceptions } from '../deny/exceptions.ts'
import type { Policy } from '../deny/policy.ts'
import { type Diagnostic, error, note } from '../gate/diagnostic.ts'
import type { Graph } from '../gate/graph.ts'
import type { NpmAnswer } from './npm.ts'

const severities = ['info', 'low', 'moderate', 'high', 'critical'] as const

const advisorySchema = v.object({
  source: v.optional(v.union([v.number(), v.string()])),
  name: v.string(),
  title: v.optional(v.string(), ''),
  url: v.optional(v.string(), ''),
  severity: v.picklist(severities),
  range: v.optional(v.string(), ''),
})

const reportSchema = v.object({
  auditReportVersion: v.literal(2),
  vulnerabilities: v.record(
    v.string(),
    v.object({ via: v.array(v.union([v.string(), advisorySchema])), nodes: v.array(v.string()) }),
  ),
  metadata: v.object({ dependencies: v.object({ total: v.number() }) }),
})

const failureSchema = v.object({ message: v.string(), error: v.unknown() })

type Advisory = v.InferOutput<typeof advisorySchema>
type Report = v.InferOutput<typeof reportSchema>

export interface AuditContext {
  readonly graph: Graph
  readonly policy: Policy
  readonly now: number
}

/** What npm's answer means. An answer that is not understood is a failure, never a clean bill. */
export function judgeAudit(answer: NpmAnswer, context: AuditContext): Diagnostic[] {
  const json = parseJson(answer.stdout)
  const report = v.safeParse(reportSchema, json)
  if (report.success) return judgeReport(report.output, context)
  const failure = v.safeParse(failureSchema, json)
  const next = 'try again; a gate that cannot ask cannot let anything pass'
  if (failure.success) return [error('audit-unreachable', oneLine(failure.output.message), { next })]
  const said = oneLine(answer.stdout === '' ? answer.stderr : answer.stdout)
  return [error('audit-unreadable', said === '' ? 'npm said nothing' : said, { next })]
}

function judgeReport(report: Report, context: AuditContext): Diagnostic[] {
  const { graph, policy, now } = context
  const expected = graph.packages.filter(({ entry }) => entry.path.includes('node_modules/') && !entry.link).length
  const { total } = report.metadata.dependencies
  if (total < expected) {
    return [error('audit-unreadable', `only ${total} of ${expected} packages were looked at`)]
  }
  const exceptions = new Exceptions()
  const ignores = ignoresInForce(policy, now)
  const findings = Object.values(report.vulnerabilities).flatMap(({ via, nodes }) => {
    return via.flatMap(advisory =>
      typeof advisory === 'string' ? [] : judgeAdvisory(advisory, nodes, context, exceptions),
    )
  })
  const unused = exceptions.unused('advisories.ignore', ignores)
  return [...findings, ...checkIgnores(policy, now), ...unused]
}

function judgeAdvisory(
  advisory: Advisory,
  nodes: readonly string[],
  { graph, policy, now }: AuditContext,
  exceptions: Exceptions,
): Diagnostic[] {
  const id = idOf(advisory)
  const located = graph.packages.find(({ entry }) => nodes.includes(entry.path))
  const where =
    located === undefined
      ? { package: advisory.name }
      : { package: labelOf(located.cameInBy), cameInBy: located.cameInBy }
  const what = `${id} (${advisory.severity}): ${oneLine(advisory.title)}; applies to ${advisory.range}`
  const ignore = exceptions.find(ignoresInForce(policy, now), candidate => candidate.id === id)
  if (ignore !== undefined) return [note('advisory', `ignored until ${ignore.expires}: ${what}`, where)]
  const belowFloor = severities.indexOf(advisory.severity) < severities.indexOf(policy.advisories.severityFloor)
  return [
    belowFloor ? note('advisory', what, where) : error('advisory', what, { ...where, next: `see ${advisory.url}` }),
  ]
}

/** The advisory's own name where its address ends in one; otherwise the registry's number. */
function idOf({ url, source }: Advisory): string {
  const [named] = /GHSA(?:-[0-9a-z]{4}){3}$|CVE-\d{4}-\d+$/.exec(url) ?? []
  return named ?? `npm:${source ?? 'unnumbered'}`
}

function labelOf(cameInBy: readonly string[]): string {
  return cameInBy.at(-1) ?? ''
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a service says is printed to terminals and logs: one line, without control characters, not endless. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 300)
}
