import * as v from 'valibot'
import { nearest } from '#base/nearest.ts'
import { err, ok, type Result } from '#base/result.ts'

/**
 * The policy: what may enter the tree, and each exception with the reason for it. An exception names its
 * subject as `name`, `name@version` or `scope/*`. Nothing has a default: what the policy does not
 * say it does not allow, and a key that it misspells is refused rather than ignored.
 */
const reason = v.pipe(v.string(), v.minLength(12, 'a reason is a sentence, not a word'))
const subject = v.pipe(v.string(), v.regex(/^(@[^/@\s]+\/)?[^/@\s]+(@[^@\s]+)?$/, 'not name, name@version or @scope/*'))
const license = v.pipe(v.string(), v.minLength(1))
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in lower-case hex'))
const day = v.pipe(v.string(), v.isoDate('not a day as YYYY-MM-DD'))
const days = v.pipe(v.number(), v.integer(), v.minValue(0))
const scope = v.picklist(['production', 'all'])
const excused = v.strictObject({ package: subject, reason })

const targetSchema = v.strictObject({ os: v.string(), cpu: v.string() })

const graphSchema = v.strictObject({
  /** The platforms that Postern is built for or on; a package that fits none of them is never installed. */
  targets: v.array(targetSchema),
  /** Packages that nobody judges. */
  exclude: v.array(excused),
  /** Peers that a shipped package would accept and that are in the tree for development only. */
  optionalPeers: v.array(excused),
})

const advisoriesSchema = v.strictObject({
  severityFloor: v.picklist(['info', 'low', 'moderate', 'high', 'critical']),
  ignoreDaysMax: days,
  ignore: v.array(v.strictObject({ id: v.string(), reason, expires: day })),
})

const licensesSchema = v.strictObject({
  allow: v.array(license),
  /** Further licences for what only builds and tests Postern and is never passed on. */
  allowDevelopment: v.array(v.strictObject({ license, reason })),
  exceptions: v.array(v.strictObject({ package: subject, license, reason })),
  clarify: v.array(
    v.strictObject({
      package: subject,
      expression: license,
      files: v.pipe(v.array(v.strictObject({ path: v.string(), sha256 })), v.minLength(1, 'rests on no file')),
      reason,
    }),
  ),
  /** Licence texts for packages that ship without one: a file of this repository. */
  texts: v.array(v.strictObject({ package: subject, file: v.string(), reason })),
})

const bansSchema = v.strictObject({
  deny: v.array(v.strictObject({ package: subject, reason, useInstead: v.optional(v.string()) })),
  builtins: v.array(v.strictObject({ package: subject, useInstead: v.string() })),
  builtinExceptions: v.array(excused),
  duplicates: v.strictObject({ scope, skip: v.array(excused) }),
  wildcards: v.array(excused),
})

const buildSchema = v.strictObject({
  installScripts: v.array(excused),
  files: v.array(
    v.strictObject({
      package: subject,
      kind: v.picklist(['native-addon', 'executable-file', 'archive-file']),
      /** Relative to the package; `*` stands for any characters but a slash. */
      path: v.string(),
      sha256: v.optional(sha256),
      reason,
    }),
  ),
})

const sourcesSchema = v.strictObject({
  links: v.array(v.strictObject({ package: subject, path: v.string(), reason })),
  bundled: v.array(excused),
})

const namesSchema = v.strictObject({
  /** Shorter names differ by one letter from half of the registry; they are compared by skeleton only. */
  editLengthMin: v.pipe(v.number(), v.integer(), v.minValue(3)),
  exceptions: v.array(v.strictObject({ package: subject, resembles: v.string(), reason })),
  renamed: v.array(excused),
})

const ageSchema = v.strictObject({
  daysMin: days,
  onUnreachable: v.picklist(['fail', 'pass']),
  exceptions: v.array(v.strictObject({ package: subject, reason, expires: day })),
})

const deprecatedSchema = v.strictObject({ scope, exceptions: v.array(excused) })

export const policySchema = v.strictObject({
  version: v.literal(1),
  graph: graphSchema,
  advisories: advisoriesSchema,
  licenses: licensesSchema,
  bans: bansSchema,
  build: buildSchema,
  sources: sourcesSchema,
  names: namesSchema,
  age: ageSchema,
  deprecated: deprecatedSchema,
  documentation: v.strictObject({ file: v.string() }),
})

export type Policy = v.InferOutput<typeof policySchema>
export type ContentKind = Policy['build']['files'][number]['kind']

export interface PolicyFault {
  readonly code: 'policy-unreadable' | 'policy-invalid'
  readonly message: string
}

/** The text of a deny.json as a policy, or everything that is wrong with it. */
export function parsePolicy(text: string): Result<Policy, readonly PolicyFault[]> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    return err([{ code: 'policy-unreadable', message: cause instanceof Error ? cause.message : String(cause) }])
  }
  const parsed = v.safeParse(policySchema, json)
  if (parsed.success) return ok(parsed.output)
  return err(parsed.issues.map(issue => ({ code: 'policy-invalid', message: explain(issue) })))
}

type PolicyIssue = v.InferIssue<typeof policySchema>

function explain(issue: PolicyIssue): string {
  const where = v.getDotPath(issue) ?? 'the whole'
  const last = issue.path?.at(-1)
  if (last?.origin !== 'key' || typeof last.key !== 'string') return `${where}: ${issue.message}`
  const known = knownKeys(policySchema, issue.path?.slice(0, -1) ?? [])
  if (known.includes(last.key)) return `${where} is missing`
  const meant = nearest(last.key, known)
  return `${where} is no known key${meant === undefined ? '' : `; did you mean “${meant}”?`}`
}

/** The keys that the schema has at a path, found by walking the schema itself. */
function knownKeys(schema: unknown, path: readonly { key?: unknown }[]): string[] {
  let current: unknown = schema
  for (const { key } of path) {
    if (isSchema(current) && current.item !== undefined) current = current.item
    else if (isSchema(current) && typeof key === 'string') current = current.entries?.[key]
  }
  return isSchema(current) ? Object.keys(current.entries ?? {}) : []
}

function isSchema(value: unknown): value is { entries?: Record<string, unknown>; item?: unknown } {
  return typeof value === 'object' && value !== null
}
