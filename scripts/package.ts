import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { embeddedFiles } from './package/assets.ts'
import { prepareRuntime, reserveSignatureIn, signIn } from './package/formats.ts'
import { placeholder, writeManifest } from './package/manifest.ts'
import { pinnedNodeVersion, pinnedRuntime } from './package/runtime.ts'
import { generatorFlags, makeExecutable } from './package/sea.ts'
import { hostTarget, isTargetName, type TargetName, targets } from './package/targets.ts'
import { warmCaches } from './package/warm.ts'

const usage = `Build the executable.

  npm run package                          for this machine: dist/postern
  npm run package -- --target linux-arm64  for another one: dist/postern-linux-arm64
  npm run package -- --target all          for every one

Options
  --target NAME  ${Object.keys(targets).join(', ')} or all
  --out FILE     where to write it (one target only)
  --help         this text

The same commit gives the same bytes on any machine of the same platform.
`

const root = resolve(import.meta.dirname, '..')
const host = hostTarget(process.platform, process.arch)

const { values } = parseArgs({
  options: { target: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean' } },
})
if (values.help === true) process.stdout.write(usage)
else for (const target of chosenTargets(values.target)) await packageFor(target, values.out)

async function packageFor(target: TargetName, out: string | undefined): Promise<void> {
  const output = resolve(out ?? join(root, 'dist', fileName(target)))
  const work = mkdtempSync(join(tmpdir(), 'postern-package-'))
  try {
    const parts = await embeddedFiles(root, target)
    // V8's code fits the platform that made it: only for executables of this one.
    if (target === host) for (const [name, cache] of warmCaches(root, parts, generatorFlags)) parts.set(name, cache)
    for (const [name, bytes] of parts) write(join(work, name), bytes)
    write(join(work, 'manifest.json'), placeholder())
    const names = [...parts.keys(), 'manifest.json'].filter(name => name !== 'start.cjs')

    const runtime = join(work, 'runtime')
    write(runtime, prepareRuntime(target, readFileSync(pinnedRuntime(root, target))), 0o755)
    const unfinished = join(work, 'unfinished')
    const blob = await makeExecutable({
      main: join(work, 'start.cjs'),
      assets: Object.fromEntries(names.map(name => [name, join(work, name)])),
      runtime,
      nodeVersion: pinnedNodeVersion(root),
      platform: targets[target].pkg,
      arch: targets[target].cpu,
      output: unfinished,
      codeCache: target === host,
    })
    const signature = reserveSignatureIn(target, unfinished)
    writeManifest(unfinished, { target, blob, parts, signature })
    signIn(unfinished, signature)
    mkdirSync(dirname(output), { recursive: true })
    write(`${output}.new`, readFileSync(unfinished), 0o755)
    renameSync(`${output}.new`, output) // replaced in one step: an executable that runs is not written over
    process.stdout.write(`${output}  ${(statSync(output).size / 1e6).toFixed(1)} MB\n`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function chosenTargets(name: string | undefined): TargetName[] {
  if (name === 'all') return Object.keys(targets).filter(isTargetName)
  const target = name ?? host
  if (target === undefined)
    throw new Error(`no Node is pinned for ${process.platform}-${process.arch}; choose a --target`)
  if (!isTargetName(target)) throw new Error(`unknown target ${target}; known: ${Object.keys(targets).join(', ')}`)
  return [target]
}

function fileName(target: TargetName): string {
  const suffix = target === host ? '' : `-${target}`
  return targets[target].os === 'win32' ? `postern${suffix}.exe` : `postern${suffix}`
}

function write(file: string, bytes: Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes, { mode })
}
