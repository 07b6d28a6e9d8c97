import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const timeoutMs = 180_000
const outputBytesMax = 64 * 1024 * 1024

export interface NpmAuditOptions {
  readonly registry: string | undefined
  readonly retries: number
}

/** What npm printed, whatever its exit code: npm says 1 for an advisory and for a broken line alike. */
export interface NpmAnswer {
  readonly stdout: string
  readonly stderr: string
}

/** Runs `npm audit` over the lockfile with a cache of its own, so that no earlier answer can stand in for this one. */
export async function runNpmAudit(root: string, { registry, retries }: NpmAuditOptions): Promise<NpmAnswer> {
  const cache = await mkdtemp(join(tmpdir(), 'audit-'))
  // Every kind of dependency and every severity, whatever the npm settings of this machine say.
  const scope = ['--package-lock-only', '--include=prod', '--include=dev', '--include=optional', '--include=peer']
  const options = ['--json', '--audit-level=info', '--offline=false', `--fetch-retries=${retries}`, `--cache=${cache}`]
  const where = registry === undefined ? [] : [`--registry=${registry}`]
  try {
    return await npm(['audit', ...scope, ...options, ...where], root)
  } finally {
    await rm(cache, { recursive: true, force: true })
  }
}

function npm(args: string[], cwd: string): Promise<NpmAnswer> {
  return new Promise(resolve => {
    execFile('npm', args, { cwd, timeout: timeoutMs, maxBuffer: outputBytesMax }, (error, stdout, stderr) => {
      const noted = error === null || stdout !== '' ? stderr : `${stderr}\n${error.message}`
      resolve({ stdout, stderr: noted })
    })
  })
}
