import * as v from 'valibot'
import { err, ok, type Result } from '#base/result.ts'

/**
 * package-lock.json as data. Only the fields that a gate judges are read; their shapes are checked,
 * because a lockfile is as much an input from outside as a package is.
 */
export interface Lockfile {
  readonly version: number
  readonly root: LockEntry
  /** By path, as in `node_modules/a/node_modules/b`; without the root itself. */
  readonly entries: ReadonlyMap<string, LockEntry>
}

export interface LockEntry {
  /** Where it is installed, relative to the root; empty for the root. */
  readonly path: string
  /** The name under which it is installed. */
  readonly name: string
  /** The name that it was published under, when that is another one. */
  readonly publishedAs: string | undefined
  readonly version: string
  readonly resolved: string | undefined
  readonly integrity: string | undefined
  readonly license: string | undefined
  readonly deprecated: string | undefined
  readonly link: boolean
  readonly optional: boolean
  readonly inBundle: boolean
  readonly bundles: boolean
  readonly hasInstallScript: boolean
  readonly os: readonly string[]
  readonly cpu: readonly string[]
  readonly libc: readonly string[]
  readonly dependencies: Ranges
  readonly devDependencies: Ranges
  readonly optionalDependencies: Ranges
  readonly peerDependencies: Ranges
  readonly optionalPeers: ReadonlySet<string>
}

export type Ranges = ReadonlyMap<string, string>

const rangesSchema = v.optional(v.record(v.string(), v.string()), {})
const oneOrMore = v.optional(
  v.union([
    v.array(v.string()),
    v.pipe(
      v.string(),
      v.transform(text => [text]),
    ),
  ]),
  [],
)

const entrySchema = v.object({
  name: v.optional(v.string()),
  version: v.optional(v.string()),
  resolved: v.optional(v.unknown()),
  integrity: v.optional(v.unknown()),
  license: v.optional(v.unknown()),
  deprecated: v.optional(v.unknown()),
  link: v.optional(v.boolean(), false),
  optional: v.optional(v.boolean(), false),
  inBundle: v.optional(v.boolean(), false),
  bundleDependencies: v.optional(v.unknown()),
  bundledDependencies: v.optional(v.unknown()),
  hasInstallScript: v.optional(v.boolean(), false),
  os: oneOrMore,
  cpu: oneOrMore,
  libc: oneOrMore,
  dependencies: rangesSchema,
  devDependencies: rangesSchema,
  optionalDependencies: rangesSchema,
  peerDependencies: rangesSchema,
  peerDependenciesMeta: v.optional(v.record(v.string(), v.object({ optional: v.optional(v.boolean(), false) })), {}),
})

const lockfileSchema = v.object({
  lockfileVersion: v.number(),
  packages: v.optional(v.record(v.string(), entrySchema), {}),
})

/** The text of a package-lock.json, or why it is none. */
export function parseLockfile(text: string): Result<Lockfile, string> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause))
  }
  const parsed = v.safeParse(lockfileSchema, json)
  if (!parsed.success) {
    const [issue] = parsed.issues
    return err(`${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`)
  }
  const { lockfileVersion, packages } = parsed.output
  const entries = new Map<string, LockEntry>()
  for (const [path, raw] of Object.entries(packages)) if (path !== '') entries.set(path, entryOf(path, raw))
  const root = entryOf('', packages[''] ?? v.parse(entrySchema, {}))
  return ok({ version: lockfileVersion, root, entries })
}

function entryOf(path: string, raw: v.InferOutput<typeof entrySchema>): LockEntry {
  const name = path === '' ? (raw.name ?? 'root') : nameOf(path, raw.name)
  const optionalPeers = Object.entries(raw.peerDependenciesMeta).filter(([, meta]) => meta.optional)
  return {
    path,
    name,
    publishedAs: raw.name !== undefined && raw.name !== name ? raw.name : undefined,
    version: raw.version ?? '',
    resolved: text(raw.resolved),
    integrity: text(raw.integrity),
    license: text(raw.license),
    deprecated: text(raw.deprecated),
    link: raw.link,
    optional: raw.optional,
    inBundle: raw.inBundle,
    bundles: carries(raw.bundleDependencies) || carries(raw.bundledDependencies),
    hasInstallScript: raw.hasInstallScript,
    os: raw.os,
    cpu: raw.cpu,
    libc: raw.libc,
    dependencies: ranges(raw.dependencies),
    devDependencies: ranges(raw.devDependencies),
    optionalDependencies: ranges(raw.optionalDependencies),
    peerDependencies: ranges(raw.peerDependencies),
    optionalPeers: new Set(optionalPeers.map(([peer]) => peer)),
  }
}

/** The name in a path: what follows the last `node_modules/`, or for a linked directory its own name. */
function nameOf(path: string, declared: string | undefined): string {
  const marker = 'node_modules/'
  const at = path.lastIndexOf(marker)
  if (at >= 0) return path.slice(at + marker.length)
  return declared ?? path
}

function ranges(record: Record<string, string>): Ranges {
  return new Map(Object.entries(record))
}

function carries(value: unknown): boolean {
  return value === true || (Array.isArray(value) && value.length > 0)
}

function text(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
