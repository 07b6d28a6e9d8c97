import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { digestIn, digestOf } from './checksums.ts'
import { run, tellingLine } from './run.ts'
import type { Say, Step } from './step.ts'

export interface RebuildRequest {
  readonly tag: string
  readonly target: string
  readonly from: string
  readonly sums: string | undefined
  readonly against: string | undefined
  readonly say: Say
}

/** Clones a tag to a directory of its own, builds it as the release does, and compares the archive. */
export async function rebuild(request: RebuildRequest): Promise<Step[]> {
  const { tag, target, say } = request
  const steps: Step[] = []
  const take = (step: Step): boolean => {
    steps.push(step)
    say(step)
    return step.outcome === 'ok'
  }
  if (!/^v[0-9][0-9A-Za-z.-]*$/.test(tag) || !/^[a-z0-9-]+$/.test(target)) {
    take({ outcome: 'failed', what: `${tag} is no release tag, or ${target} no target` })
    return steps
  }
  const directory = mkdtempSync(join(tmpdir(), 'postern-rebuild-'))
  try {
    const clone = join(directory, 'source')
    const built = join(directory, 'built')
    const out = join(directory, 'out')
    const program = join(built, target.startsWith('windows-') ? 'postern.exe' : 'postern')
    mkdirSync(built)
    const orders: Order[] = [
      { what: `clone ${tag}`, program: 'git', args: cloneArguments(tag, request.from, clone), cwd: directory },
      { what: 'npm ci', program: 'npm', args: ['ci'], cwd: clone },
      {
        what: 'package',
        program: 'npm',
        args: ['run', 'package', '--', '--target', target, '--out', program],
        cwd: clone,
      },
      {
        what: 'archive',
        program: 'npm',
        args: ['run', 'archive', '--', '--target', target, '--binary', program, '--out', out],
        cwd: clone,
      },
    ]
    for (const order of orders) if (!take(await carryOut(order))) return steps
    take(await compare(out, request))
    return steps
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

interface Order {
  readonly what: string
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
}

function cloneArguments(tag: string, from: string, to: string): string[] {
  const source = existsSync(from) ? resolve(from) : from
  const quiet = ['-c', 'advice.detachedHead=false', 'clone', '--quiet', '--depth', '1', '--branch', tag]
  return [...quiet, '--', source.startsWith('/') ? `file://${source}` : source, to]
}

async function carryOut({ what, program, args, cwd }: Order): Promise<Step> {
  const { status, output } = await run(program, args, { cwd, env: cleanEnvironment() })
  if (status === undefined) return { outcome: 'failed', what: `${what}: ${program} is not installed` }
  if (status === 0) return { outcome: 'ok', what }
  return { outcome: 'failed', what: `${what}: ${tellingLine(output)}` }
}

/** An npm that was started by npm would otherwise take over the settings of this clone. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:npm_|NODE_OPTIONS$|INIT_CWD$|GIT_)/.test(name))
  return Object.fromEntries(kept)
}

async function compare(out: string, { target, sums, against }: RebuildRequest): Promise<Step> {
  const built = readdirSync(out).find(name => name.endsWith(`-${target}.tar.gz`))
  if (built === undefined) return { outcome: 'failed', what: `no archive for ${target} was built` }
  const found = await digestOf(join(out, built))
  const other = against ?? sums
  if (other === undefined)
    return { outcome: 'skipped', what: `${built} comes out as ${found}; nothing to compare it with` }
  if (!existsSync(other)) return { outcome: 'failed', what: `${other}: no such file` }
  const expected = against === undefined ? digestIn(readFileSync(other, 'utf8'), built) : await digestOf(other)
  if (expected === undefined) return { outcome: 'failed', what: `${basename(other)} has no single line for ${built}` }
  if (expected === found) return { outcome: 'ok', what: `${built} comes out bit for bit: ${found}` }
  return { outcome: 'differs', what: `${built} comes out as ${found}, but ${basename(other)} has ${expected}` }
}
