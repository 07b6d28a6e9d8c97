import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TargetName, targets } from './targets.ts'

/**
 * The Node executable of a target, exactly as the lockfile pins it. The host's lies in node_modules; another
 * platform's is fetched by npm from a lockfile that holds this one entry, with the integrity of ours.
 *
 * @returns its path
 */
export function pinnedRuntime(root: string, target: TargetName): string {
  const { runtime, os } = targets[target]
  const executable = os === 'win32' ? 'bin/node.exe' : 'bin/node'
  const installed = join(root, 'node_modules', runtime, executable)
  if (existsSync(installed)) return installed

  const pin = pinOf(root, runtime)
  const cached = join(root, '.cache', 'runtime', `${runtime}-${pin.version}-${shortDigest(pin.integrity)}`)
  if (existsSync(cached)) return cached
  const fetched = fetch(runtime, pin, targets[target])
  try {
    mkdirSync(join(root, '.cache', 'runtime'), { recursive: true })
    copyFileSync(join(fetched, 'node_modules', runtime, executable), `${cached}.new`)
    renameSync(`${cached}.new`, cached)
  } finally {
    rmSync(fetched, { recursive: true, force: true })
  }
  return cached
}

/** The version of Node that the lockfile pins, the same for every platform. */
export function pinnedNodeVersion(root: string): string {
  const versions = new Set(Object.values(targets).map(({ runtime }) => pinOf(root, runtime).version))
  const [version, ...others] = versions
  if (version === undefined || others.length > 0) throw new Error(`runtimes of different versions: ${[...versions]}`)
  return version
}

interface Pin {
  readonly version: string
  readonly integrity: string
}

function pinOf(root: string, runtime: string): Pin {
  const lock: { packages: Record<string, Partial<Pin>> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  )
  const { version, integrity } = lock.packages[`node_modules/${runtime}`] ?? {}
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json does not pin ${runtime}`)
  return { version, integrity }
}

function fetch(runtime: string, pin: Pin, { os, cpu }: { readonly os: string; readonly cpu: string }): string {
  const directory = mkdtempSync(join(tmpdir(), 'postern-runtime-'))
  const dependencies = { [runtime]: pin.version }
  const lock = {
    name: 'runtime',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'runtime', dependencies }, [`node_modules/${runtime}`]: pin },
  }
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'runtime', private: true, dependencies }))
  writeFileSync(join(directory, 'package-lock.json'), JSON.stringify(lock))
  execFileSync(
    'npm',
    ['ci', `--os=${os}`, `--cpu=${cpu}`, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'],
    {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  return directory
}

function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
