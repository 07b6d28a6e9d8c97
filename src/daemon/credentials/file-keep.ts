import { dirname } from 'node:path'
import { Failure } from '#base/failure.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import { readPrivateFile, withFileLock, writePrivateFile } from '#base/private-file.ts'
import { err, ok, type Result } from '#base/result.ts'
import { type Secret, secretFrom } from '#base/secret.ts'
import type { Keep, KeepError } from './keep.ts'

const fileBytesMax = 1024 * 1024
const lockWaitMs = 5_000
const head = `# Passwords of Postern's accounts, readable by you alone and NOT encrypted: this machine had no keychain when they
# were entered. Whoever can read your files, or a backup of them, has them. One line each: key, blank, JSON text.
`

/**
 * A file with mode 0600 for machines without a keychain. One that is open to others is refused rather than repaired:
 * what was in it may have been read.
 */
export function fileKeep(path: string, homeDir: string): Keep {
  const change = (key: string, secret: Secret | undefined): Result<undefined, KeepError> =>
    attempt(() => {
      ensurePrivateDirectory(dirname(path), homeDir)
      withFileLock(path, lockWaitMs, () => {
        const held = read(path)
        if (secret === undefined && !held.has(key)) return
        if (secret === undefined) held.delete(key)
        else held.set(key, secret.reveal())
        const lines = [...held].map(([name, text]) => `${name} ${JSON.stringify(text)}\n`)
        writePrivateFile(path, `${head}${lines.join('')}`)
      })
      return undefined
    })
  return {
    kind: 'file',
    title: `the file ${path}, readable by you alone and not encrypted`,
    isThere: async () => ok(undefined),
    get: async key =>
      attempt(() => {
        const text = read(path).get(key)
        return text === undefined ? undefined : secretFrom(text)
      }),
    set: async (key, secret) => change(key, secret),
    forget: async key => change(key, undefined),
  }
}

/** What the file system refuses; its messages name the file, never what is in it. */
function attempt<T>(work: () => T): Result<T, KeepError> {
  try {
    return ok(work())
  } catch (error) {
    if (error instanceof Failure) return err({ code: 'keep_failed', message: error.message })
    if (!(error instanceof Error && 'code' in error && 'path' in error)) throw error
    return err({ code: 'keep_failed', message: error.message })
  }
}

/** Lines that cannot be read are passed over: an error about them could show what is in them. */
function read(path: string): Map<string, string> {
  const held = new Map<string, string>()
  for (const line of (readPrivateFile(path, fileBytesMax) ?? '').split('\n')) {
    const found = /^([a-z0-9_/-]+) (".*")$/.exec(line)
    if (found?.[1] === undefined || found[2] === undefined) continue
    const text = jsonText(found[2])
    if (text !== undefined) held.set(found[1], text)
  }
  return held
}

function jsonText(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
