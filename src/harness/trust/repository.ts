import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import * as v from 'valibot'
import { type Programs, programsIn } from '#config/index.ts'
import { capsuleChars } from '../capsule.ts'

/**
 * The settings that a repository brings along: `.postern/config.toml`. It comes with a clone, so whoever wrote the
 * repository wrote it. What only words things is taken as it is; what names a program, a path or what follows a session
 * is inert until the person trusts exactly these bytes (trusted.ts); anything else a repository cannot set at all.
 */
export interface RepositorySettings {
  readonly file: string
  /** The directory of the file's directory, without links: what trust is given to. */
  readonly root: string
  /** SHA-256 of the file, in hex. */
  readonly digest: string
  readonly harmless: Harmless
  readonly asked: Asked
  /** What it asks trust for, a line each; empty when nothing. */
  readonly wants: readonly string[]
  /** What is ignored whatever the person says, with why. */
  readonly ignored: readonly string[]
}

export interface Harmless {
  readonly project?: string
  readonly query?: string
  readonly chars?: number
}

export interface Asked {
  readonly programs: Programs
  readonly memory: readonly string[]
  readonly afterSession?: 'off' | 'librarian'
}

const fileBytesMax = 64 * 1024
const ignoredMax = 20

const text = (most: number) =>
  v.pipe(v.string(), v.minLength(1), v.maxLength(most), v.regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u))
const keys = {
  'workspace.project': text(200),
  'workspace.query': text(2_000),
  'harness.capsule_chars': v.pipe(
    v.number(),
    v.integer(),
    v.minValue(capsuleChars.least),
    v.maxValue(capsuleChars.most),
  ),
  'harness.after_session': v.picklist(['off', 'librarian']),
  'harness.memory': v.pipe(v.array(text(4_096)), v.maxLength(50)),
} as const

/** The nearest file from `start` up to `top`; undefined when there is none. A link, of file or directory, is none. */
export function findRepositoryFile(start: string, top: string): string | undefined {
  for (let directory = start; ; directory = dirname(directory)) {
    const file = join(directory, '.postern', 'config.toml')
    const isOwn = lstatSync(dirname(file), { throwIfNoEntry: false })?.isDirectory() === true
    if (isOwn && lstatSync(file, { throwIfNoEntry: false })?.isFile() === true) return file
    if (directory === top || directory === dirname(directory)) return undefined
  }
}

/** Reads it once: what is hashed is what is taken apart. Undefined when it cannot be read as a plain file. */
export function readRepositoryFile(file: string): RepositorySettings | undefined {
  const bytes = plainBytes(file)
  if (bytes === undefined) return undefined
  return repositorySettings(bytes, { file, root: realpathSync(dirname(dirname(file))) })
}

/** Pure: bytes to what they mean. Nothing that is wrong in them stops an agent from being started. */
export function repositorySettings(
  bytes: Uint8Array,
  place: { readonly file: string; readonly root: string },
): RepositorySettings {
  const digest = createHash('sha256').update(bytes).digest('hex')
  const ignored: string[] = []
  const document = documentOf(bytes, ignored)
  const value = <Key extends keyof typeof keys>(key: Key): v.InferOutput<(typeof keys)[Key]> | undefined => {
    const [table = '', name = ''] = key.split('.')
    const found = isTable(document[table]) ? own(document[table], name) : undefined
    if (found === undefined) return undefined
    const checked = v.safeParse(keys[key], found)
    if (!checked.success) ignored.push(`${key} is not what it should be`)
    return checked.success ? checked.output : undefined
  }
  const project = value('workspace.project')
  const query = value('workspace.query')
  const chars = value('harness.capsule_chars')
  const afterSession = value('harness.after_session')
  const memory = value('harness.memory') ?? []
  const agents = own(document, 'agents')
  const programs = programsIn(agents, (_path, message) => ignored.push(message))
  const wants = [
    ...Object.entries(programs).flatMap(([name, { command, memory: paths }]) => [
      ...(command === null ? [] : [`run ${JSON.stringify(command)} as ${name}`]),
      ...paths.map(path => `propose what stands in ${JSON.stringify(path)} after ${name}`),
    ]),
    ...memory.map(path => `propose what stands in ${JSON.stringify(path)} after each session`),
    ...(afterSession === undefined ? [] : [`after_session = ${JSON.stringify(afterSession)}`]),
  ]
  ignored.push(...foreignKeys(document).map(key => `${key} is not for a repository to set`))
  return {
    ...place,
    digest,
    harmless: {
      ...(project === undefined ? {} : { project }),
      ...(query === undefined ? {} : { query }),
      ...(chars === undefined ? {} : { chars }),
    },
    asked: { programs, memory, ...(afterSession === undefined ? {} : { afterSession }) },
    wants,
    ignored: ignored.slice(0, ignoredMax),
  }
}

type Table = Readonly<Record<string, unknown>>

function documentOf(bytes: Uint8Array, ignored: string[]): Table {
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    if (!(error instanceof TomlError) && !(error instanceof TypeError)) throw error
    ignored.push(error instanceof TomlError ? `line ${error.line} is no TOML` : 'it is not UTF-8')
    return {}
  }
}

function foreignKeys(document: Table): readonly string[] {
  return Object.entries(document).flatMap(([table, inside]) => {
    if (!isTable(inside)) return [table]
    return Object.keys(inside)
      .map(name => `${table}.${name}`)
      .filter(key => !Object.hasOwn(keys, key) && key !== 'agents.programs')
  })
}

function own(table: Table, name: string): unknown {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function plainBytes(file: string): Uint8Array | undefined {
  let descriptor: number
  try {
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch {
    return undefined // gone, a link, or not ours to read: as if it were not there
  }
  try {
    const entry = fstatSync(descriptor)
    return entry.isFile() && entry.size <= fileBytesMax ? readFileSync(descriptor) : undefined
  } finally {
    closeSync(descriptor)
  }
}
