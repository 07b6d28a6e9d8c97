import { join } from 'node:path'
import * as v from 'valibot'
import { readPrivateFile, writePrivateFile } from '#base/private-file.ts'
import { err, ok, type Result } from '#base/result.ts'

/** Where the copy of a memory is: a branch of a Git repository. */
export interface Remote {
  readonly url: string
  readonly branch: string
}

export interface RemoteRefusal {
  readonly code: 'remote_invalid' | 'remote_has_secret' | 'branch_invalid'
  readonly message: string
}

const urlCharactersMax = 2_000
const branchPattern = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/
const scp = /^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^-:][^:]*$/

/**
 * Refused before Git sees it (S7.23): what Git would take for an option, a helper that runs a program (`ext::`), a
 * scheme that is not encrypted, a secret that everybody who lists processes would read.
 */
export function checkRemote({ url, branch }: Remote): Result<Remote, RemoteRefusal> {
  const invalid = (message: string) => err({ code: 'remote_invalid', message } as const)
  if (url === '' || url.length > urlCharactersMax || /[\x00-\x20\x7f]/.test(url)) return invalid('that is no address')
  if (url.startsWith('-') || url.includes('::')) return invalid('Git would run something else for that address')
  const parsed = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? URL.parse(url) : undefined
  if (parsed === null) return invalid('that is no address')
  if (parsed !== undefined) {
    if (parsed.password !== '' || (parsed.protocol === 'https:' && parsed.username !== '')) {
      return err({
        code: 'remote_has_secret',
        message:
          'an address with a password or token in it would stand where others read it: let a credential helper of Git have it',
      })
    }
    if (!['ssh:', 'https:'].includes(parsed.protocol))
      return invalid('ssh, https and a directory of this machine are taken')
    if (parsed.hostname === '' || parsed.hostname.startsWith('-')) return invalid('that address names no host')
  } else if (!url.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(url) && !scp.test(url)) {
    return invalid('ssh://, https://, user@host:path and an absolute path are taken')
  }
  const isBranch =
    branchPattern.test(branch) && !/\.\.|\/\/|\.lock(?:\/|$)|\/$|\.$|\/\./.test(branch) && !branch.includes('@{')
  if (!isBranch) return err({ code: 'branch_invalid', message: `"${branch.slice(0, 80)}" is no name of a branch` })
  return ok({ url, branch })
}

const remoteSchema = v.strictObject({ url: v.string(), branch: v.string() })
const fileBytesMax = 16 * 1024

export function remoteFileOf(directory: string): string {
  return join(directory, 'remote.json')
}

/** Undefined when none was named. What stands in the file is checked as if it came from the command line. */
export function readRemote(directory: string): Result<Remote | undefined, RemoteRefusal> {
  const text = readPrivateFile(remoteFileOf(directory), fileBytesMax)
  if (text === undefined) return ok(undefined)
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), remoteSchema), text)
  if (!parsed.success)
    return err({ code: 'remote_invalid', message: `${remoteFileOf(directory)} is not as we wrote it` })
  return checkRemote(parsed.output)
}

export function writeRemote(directory: string, remote: Remote): void {
  writePrivateFile(remoteFileOf(directory), `${JSON.stringify(remote)}\n`)
}
