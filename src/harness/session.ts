import { closeSync, constants, existsSync, lstatSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { writeAll } from '#base/descriptor.ts'
import { Failure } from '#base/failure.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import { readPrivateFile, writePrivateFile } from '#base/private-file.ts'
import { ProcessLock } from '#base/process-lock.ts'
import { type SurfaceName, surfaceNames } from '#librarian/surface.ts'

/**
 * One run of an agent. `<id>/` is the directory that the agent is told of; beside it, told to nobody, lies the record
 * by which its notes find their memory: what an agent does to its directory cannot lead them elsewhere. Another
 * program of the same user could; the operating system draws no line there (SECURITY.md).
 */
export interface SessionRecord {
  readonly id: string
  readonly agent: string
  /** Of the files in `memory`. */
  readonly surface: SurfaceName
  readonly project: string | null
  /** The log that the notes are meant for. */
  readonly log: string
  /** Files and folders of the agent's own memory. */
  readonly memory: readonly string[]
  readonly startedAt: number
  /** 0 until it runs. */
  readonly pid: number
}

export const notesName = 'notes'
const recordBytesMax = 512 * 1024
const sessionsMax = 1_000
const idBytes = 12
export const sessionId = /^[0-9a-f]{24}$/

const recordSchema = v.strictObject({
  schema_version: v.literal(1),
  id: v.pipe(v.string(), v.regex(sessionId)),
  agent: v.string(),
  surface: v.picklist(surfaceNames),
  project: v.nullable(v.string()),
  log: v.string(),
  memory: v.array(v.string()),
  started_at_unix_ms: v.number(),
  pid: v.number(),
})

/** A session that runs in this process; its lock goes with the process, however that ends. */
export interface OpenSession {
  readonly record: SessionRecord
  readonly directory: string
  /** Notes the process of the agent, so that nobody takes it for ended while it lives. */
  started(pid: number): void
  /** Forgets the session; its directory only when nothing in it is left to be looked at. */
  end(options: { readonly keepDirectory: boolean }): void
}

/** Where the sessions of a data directory lie. */
export function sessionsDirectory(dataDir: string): string {
  return join(dataDir, 'sessions')
}

/** A directory that nobody could guess or make before: it must not exist. */
export function openSession(
  sessions: string,
  given: Omit<SessionRecord, 'id' | 'pid'>,
  { homeDir, random }: { readonly homeDir: string; readonly random: (bytes: number) => Uint8Array },
): OpenSession {
  ensurePrivateDirectory(sessions, homeDir)
  const id = Buffer.from(random(idBytes)).toString('hex')
  if (!sessionId.test(id)) throw new Error('the random source gave too little')
  const lock = ProcessLock.take(lockPath(sessions, id))
  if (lock === undefined) throw new Error('a new session is in use already')
  const directory = join(sessions, id)
  mkdirSync(directory, { mode: 0o700 })
  mkdirSync(join(directory, notesName), { mode: 0o700 })
  const record = { ...given, id, pid: 0 }
  writeRecord(sessions, record)
  return opened(sessions, record, lock)
}

/** Takes over a session whose process is gone; undefined when it is not. */
export function takeSession(sessions: string, record: SessionRecord, isAlive: (pid: number) => boolean) {
  const lock = ProcessLock.take(lockPath(sessions, record.id))
  if (lock === undefined) return undefined
  const isGone = !existsSync(recordPath(sessions, record.id))
  if (isGone || (record.pid !== 0 && isAlive(record.pid))) {
    lock.release()
    // Somebody else has ended it since it was listed, lock and all: this one was made anew by looking.
    if (isGone) rmSync(lockPath(sessions, record.id), { force: true })
    return undefined
  }
  return opened(sessions, record, lock)
}

function opened(sessions: string, record: SessionRecord, lock: ProcessLock): OpenSession {
  const directory = join(sessions, record.id)
  return {
    record,
    directory,
    started: pid => writeRecord(sessions, { ...record, pid }),
    end: ({ keepDirectory }) => {
      if (!keepDirectory) rmSync(directory, { recursive: true, force: true })
      rmSync(recordPath(sessions, record.id), { force: true })
      lock.release()
      rmSync(lockPath(sessions, record.id), { force: true })
    },
  }
}

/** Sessions that have not ended, by what is on the disk; `broken` are records that nobody can read. */
export function sessionsIn(sessions: string): {
  readonly records: readonly SessionRecord[]
  readonly broken: readonly string[]
} {
  const names = existsSync(sessions)
    ? readdirSync(sessions)
        .sort()
        .slice(0, sessionsMax * 3)
    : []
  const records: SessionRecord[] = []
  const broken: string[] = []
  for (const name of names) {
    const id = /^([0-9a-f]{24})\.json$/.exec(name)?.[1]
    if (id === undefined) continue
    const record = readRecord(sessions, id)
    if (record === undefined) broken.push(join(sessions, name))
    else records.push(record)
  }
  return { records, broken }
}

function readRecord(sessions: string, id: string): SessionRecord | undefined {
  const parsed = v.safeParse(recordSchema, jsonOf(recordPath(sessions, id)))
  if (!parsed.success || parsed.output.id !== id) return undefined
  const { agent, surface, project, log, memory, started_at_unix_ms: startedAt, pid } = parsed.output
  return { id, agent, surface, project, log, memory, startedAt, pid }
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readPrivateFile(path, recordBytesMax) ?? '')
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Failure) return undefined // told as broken
    throw error
  }
}

function writeRecord(sessions: string, record: SessionRecord): void {
  const { id, agent, surface, project, log, memory, startedAt, pid } = record
  const json = { schema_version: 1, id, agent, surface, project, log, memory, started_at_unix_ms: startedAt, pid }
  writePrivateFile(recordPath(sessions, id), `${JSON.stringify(json)}\n`)
}

/** A file of the session, for its owner alone; it must not exist. */
export function writeSessionFile(directory: string, name: string, text: string): string {
  const path = join(directory, name)
  const descriptor = openSync(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0),
    0o600,
  )
  try {
    writeAll(descriptor, text)
  } finally {
    closeSync(descriptor)
  }
  return path
}

/** True of a directory that is one, and no link to another. */
export function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function recordPath(sessions: string, id: string): string {
  return join(sessions, `${id}.json`)
}

function lockPath(sessions: string, id: string): string {
  return join(sessions, `${id}.lock`)
}
