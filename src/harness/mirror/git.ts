import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ChildError, runChild } from '#base/child.ts'
import { err, ok, type Result } from '#base/result.ts'
import type { Remote } from './remote.ts'

export interface GitError {
  readonly code: 'git_missing' | 'git_failed' | 'git_timed_out' | 'remote_moved' | 'mirror_invalid'
  readonly message: string
}

const localMs = 60_000
const networkMs = 300_000
const outputBytesMax = 1 << 30

/**
 * Hooks, monitors, prompts and every protocol but these are off (S7.24). There is no working tree: what the other side
 * wrote is read as blobs by name and size, so that no link in it is followed and no filter runs (S7.25).
 */
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.askPass=',
  'credential.interactive=false',
  'gc.auto=0',
  'protocol.allow=never',
  'protocol.ssh.allow=always',
  'protocol.https.allow=always',
  'protocol.file.allow=always',
  'transfer.fsckObjects=true',
].flatMap(setting => ['-c', setting])
const passed = /^(?:PATH|HOME|USER|LOGNAME|SSH_AUTH_SOCK|XDG_CONFIG_HOME|SYSTEMROOT|USERPROFILE|TMPDIR|TEMP|TMP)$/i

/** A bare repository beside the log, by which the copy elsewhere is read and written. */
export class Repository {
  readonly #directory: string
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #remote: Remote

  private constructor(directory: string, remote: Remote, env: Readonly<Record<string, string | undefined>>) {
    this.#directory = directory
    this.#remote = remote
    this.#env = env
  }

  static async open(
    above: string,
    remote: Remote,
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<Result<Repository, GitError>> {
    const directory = join(above, 'mirror.git')
    const repository = new Repository(directory, remote, gitEnvironment(env))
    if (existsSync(join(directory, 'HEAD'))) return ok(repository)
    const made = await repository.#run(['init', '--bare', '--quiet', '--template=', '--', directory], localMs, false)
    return made.ok ? ok(repository) : made
  }

  get #ref(): string {
    return `refs/heads/${this.#remote.branch}`
  }

  /** The commit that the branch is at elsewhere, with all that belongs to it; undefined when there is no such branch. */
  async update(): Promise<Result<string | undefined, GitError>> {
    const head = await this.headElsewhere()
    if (!head.ok || head.value === undefined) return head
    const fetched = await this.#run(
      [
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--',
        this.#remote.url,
        `+${this.#ref}:refs/mirror/head`,
      ],
      networkMs,
    )
    if (!fetched.ok) return fetched
    const known = await this.#run(['rev-parse', '--verify', '--quiet', 'refs/mirror/head^{commit}'], localMs)
    return known.ok ? ok(text(known.value).trim()) : known
  }

  async headElsewhere(): Promise<Result<string | undefined, GitError>> {
    const listed = await this.#run(['ls-remote', '--quiet', '--', this.#remote.url, this.#ref], networkMs)
    if (!listed.ok) return listed
    const [, id] = /^([0-9a-f]{40,64})\t/.exec(text(listed.value)) ?? []
    return ok(id)
  }

  /** A plain file of a commit; undefined when there is none. A link or a directory of that name is no plain file. */
  async file(commit: string, path: string, sizeMax: number): Promise<Result<Buffer | undefined, GitError>> {
    const listed = await this.#run(['ls-tree', '-l', '-z', '--full-tree', commit, '--', path], localMs)
    if (!listed.ok) return listed
    const entry = text(listed.value).split('\0')[0] ?? ''
    if (entry === '') return ok(undefined)
    const [, mode, kind, id = '', size = ''] = /^(\d{6}) (\w+) ([0-9a-f]+) +(\d+|-)\t/.exec(entry) ?? []
    if (kind !== 'blob' || mode === '120000') {
      return err({ code: 'mirror_invalid', message: `${path} of the mirror is no plain file` })
    }
    if (Number(size) > sizeMax) return err({ code: 'mirror_invalid', message: `${path} of the mirror is too large` })
    const read = await this.#run(['cat-file', 'blob', id], localMs)
    return read.ok ? ok(Buffer.from(read.value)) : read
  }

  /** A commit on top of `parent` with these files in place of those of the same name. */
  async commit(
    parent: string | undefined,
    files: readonly { readonly path: string; readonly bytes: Buffer | undefined }[],
    { message, at }: { readonly message: string; readonly at: number },
  ): Promise<Result<string, GitError>> {
    const ref = 'refs/mirror/next'
    const parts: Buffer[] = [
      Buffer.from(
        `commit ${ref}\ncommitter Postern <postern@localhost> ${Math.floor(at / 1000)} +0000\n` +
          `data ${Buffer.byteLength(message)}\n${message}\n${parent === undefined ? '' : `from ${parent}\n`}`,
      ),
    ]
    for (const { path, bytes } of files) {
      if (bytes === undefined) parts.push(Buffer.from(`D ${path}\n`))
      else parts.push(Buffer.from(`M 100644 inline ${path}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n'))
    }
    parts.push(Buffer.from('done\n'))
    const imported = await this.#run(
      ['fast-import', '--quiet', '--done', '--force'],
      localMs,
      true,
      Buffer.concat(parts),
    )
    if (!imported.ok) return imported
    const known = await this.#run(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], localMs)
    return known.ok ? ok(text(known.value).trim()) : known
  }

  /** Never forced: when somebody else was faster, theirs stays. Published is what the other side then says it has. */
  async push(commit: string): Promise<Result<undefined, GitError>> {
    const pushed = await this.#run(['push', '--quiet', '--', this.#remote.url, `${commit}:${this.#ref}`], networkMs)
    const head = await this.headElsewhere()
    if (!head.ok) return pushed.ok ? head : pushed
    if (head.value === commit) return ok(undefined)
    if (!pushed.ok && !/rejected|fetch first|non-fast-forward/.test(pushed.error.message)) return pushed
    return err({ code: 'remote_moved', message: 'the other side has changed meanwhile' })
  }

  async #run(
    words: readonly string[],
    timeoutMs: number,
    isInside = true,
    input?: Buffer,
  ): Promise<Result<Uint8Array, GitError>> {
    const where = isInside ? ['--git-dir', this.#directory] : []
    const ran = await runChild(['git', ...settings, ...where, ...words], {
      env: this.#env,
      timeoutMs,
      outputBytesMax,
      ...(input === undefined ? {} : { input }),
    })
    if (!ran.ok) return err(ofChild(ran.error))
    if (ran.value.exit === 0) return ok(ran.value.stdout)
    const said = ran.value.stderr === '' ? `it ended with ${ran.value.exit}` : ran.value.stderr
    return err({ code: 'git_failed', message: `git ${words[0]}: ${said}` })
  }
}

function gitEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => passed.test(name))
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
  }
}

function ofChild({ code, message }: ChildError): GitError {
  if (code === 'not_found') return { code: 'git_missing', message: 'there is no Git here' }
  return { code: code === 'timed_out' ? 'git_timed_out' : 'git_failed', message }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}
