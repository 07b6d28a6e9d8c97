import { createHash } from 'node:crypto'
import { closeSync, existsSync, lstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Lockfile } from '../gate/lockfile.ts'
import { type FileKind, headBytes, kindOf } from './contents.ts'

/** A package as it lies in node_modules. */
export interface InstalledPackage {
  readonly name: string
  readonly version: string
  /** The `license` or `licenses` field as it is written; undefined when there is none. */
  readonly license: unknown
  /** Names of scripts that npm would run at installation, and `binding.gyp`, which makes npm run one. */
  readonly installScripts: readonly string[]
  /** Files that are neither text nor data, relative to the package. */
  readonly suspects: readonly Suspect[]
  readonly licenseFiles: readonly string[]
}

export interface Suspect {
  readonly path: string
  readonly kind: FileKind
  /** Only when an exception of the policy names a file by its digest: hashing runtimes takes its time. */
  readonly sha256: string | undefined
}

export interface Installed {
  readonly packages: ReadonlyMap<string, InstalledPackage>
  readonly extraneous: readonly string[]
}

const manifestSchema = v.object({
  name: v.optional(v.string(), ''),
  version: v.optional(v.string(), ''),
  license: v.optional(v.unknown()),
  licenses: v.optional(v.unknown()),
  scripts: v.optional(v.record(v.string(), v.unknown()), {}),
})

const installHooks = ['preinstall', 'install', 'postinstall']
const filesPerPackageMax = 100_000
const licenseFilePattern = /^(?:li[cs]en[cs]es?|notices?|copying|copyright|patents)(?:[-._].*)?$/i

/** Reads every installed package of a lockfile under `root`; with the digests of suspects when they are wanted. */
export function readInstalled(root: string, lockfile: Lockfile, digests: boolean): Installed {
  const packages = new Map<string, InstalledPackage>()
  const extraneous: string[] = []
  const known = new Set(lockfile.entries.keys())
  for (const entry of lockfile.entries.values()) {
    const directory = join(root, entry.path)
    if (entry.link || !existsSync(join(directory, 'package.json'))) continue
    // A link in place of a package leads to files that no integrity covers.
    if (lstatSync(directory).isSymbolicLink()) {
      extraneous.push(entry.path)
      continue
    }
    packages.set(entry.path, readPackage({ directory, path: entry.path, known, extraneous, digests }))
  }
  for (const path of strangersIn(root, '', known)) extraneous.push(path)
  return { packages, extraneous: extraneous.sort() }
}

/** Licence and notice files, by the names that people give them. */
export function isLicenseFile(name: string): boolean {
  return licenseFilePattern.test(name)
}

interface Reading {
  readonly directory: string
  readonly path: string
  readonly known: ReadonlySet<string>
  readonly extraneous: string[]
  readonly digests: boolean
}

function readPackage(reading: Reading): InstalledPackage {
  const { directory, path, known, extraneous } = reading
  const manifest = readManifest(join(directory, 'package.json'))
  const suspects: Suspect[] = []
  const installScripts = installHooks.filter(hook => manifest.scripts[hook] !== undefined)
  let files = 0
  const visit = (relative: string): void => {
    for (const item of readdirSync(join(directory, relative), { withFileTypes: true })) {
      const inside = relative === '' ? item.name : `${relative}/${item.name}`
      if (item.isDirectory() && item.name === 'node_modules') {
        for (const stranger of strangersIn(directory, relative, known, path)) extraneous.push(stranger)
      } else if (item.isDirectory()) {
        visit(inside)
      } else if (item.isFile()) {
        if (++files > filesPerPackageMax) throw new RangeError(`${path} has more than ${filesPerPackageMax} files`)
        const kind = kindOf(item.name, readHead(join(directory, inside)))
        if (kind === undefined) continue
        suspects.push({ path: inside, kind, sha256: reading.digests ? digestOf(join(directory, inside)) : undefined })
      }
    }
  }
  visit('')
  const names = readdirSync(directory)
  if (names.includes('binding.gyp') && installScripts.length === 0) installScripts.push('binding.gyp')
  return {
    name: manifest.name,
    version: manifest.version,
    license: manifest.license ?? manifest.licenses,
    installScripts,
    suspects,
    licenseFiles: names.filter(isLicenseFile).sort(),
  }
}

/** A package.json that cannot be read names nothing, and so is not the package that was locked. */
function readManifest(file: string): v.InferOutput<typeof manifestSchema> {
  try {
    return v.parse(manifestSchema, JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return v.parse(manifestSchema, {})
  }
}

/** Packages under a `node_modules` that the lockfile does not list: bundled ones, or planted ones. */
function strangersIn(base: string, relative: string, known: ReadonlySet<string>, prefix = ''): string[] {
  const below = [prefix, relative, 'node_modules'].filter(part => part !== '').join('/')
  const directory = join(base, relative, 'node_modules')
  const paths = packageNames(directory).flatMap(name => {
    if (!name.startsWith('@')) return [`${below}/${name}`]
    return packageNames(join(directory, name)).map(inner => `${below}/${name}/${inner}`)
  })
  return paths.filter(path => !known.has(path))
}

/** Directories and links to them; npm's own notes begin with a dot, and a file is no package. */
function packageNames(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { withFileTypes: true })
    .filter(item => !item.isFile() && !item.name.startsWith('.'))
    .map(({ name }) => name)
}

function readHead(file: string): Buffer {
  const head = Buffer.alloc(headBytes)
  const descriptor = openSync(file, 'r')
  try {
    return head.subarray(0, readSync(descriptor, head, 0, headBytes, 0))
  } finally {
    closeSync(descriptor)
  }
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
