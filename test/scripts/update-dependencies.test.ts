import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { type Answer, serveRegistry } from '../fixtures/gates/registry.ts'
import { cleanPolicy, someIntegrity, temporaryDirectory, write } from '../fixtures/gates/tree.ts'

const script = resolve(import.meta.dirname, '../../scripts/update-dependencies.ts')
const dayMs = 24 * 60 * 60 * 1000

/** A registry with one package: 1.0.0 and 1.1.0 are old, 1.2.0 is of yesterday. */
const winches: Answer = ({ path }) => {
  if (path !== '/winch') return { status: 404, body: {} }
  const ages: Record<string, number> = { '1.0.0': 400, '1.1.0': 100, '1.2.0': 1 }
  const versions = Object.keys(ages).map(version => {
    const tarball = `http://127.0.0.1:9/winch/-/winch-${version}.tgz`
    return [version, { name: 'winch', version, dist: { tarball, integrity: someIntegrity } }]
  })
  const time = Object.entries(ages).map(([version, days]) => [
    version,
    new Date(Date.now() - days * dayMs).toISOString(),
  ])
  const body = {
    name: 'winch',
    'dist-tags': { latest: '1.2.0' },
    versions: Object.fromEntries(versions),
    time: Object.fromEntries(time),
  }
  return { status: 200, body }
}

const lockSchema = v.object({ packages: v.record(v.string(), v.object({ version: v.optional(v.string()) })) })

async function update(
  manifest: object,
  ...args: string[]
): Promise<{ code: unknown; root: string; winch: string | undefined }> {
  const root = temporaryDirectory()
  write(join(root, 'package.json'), JSON.stringify({ name: 'castle', version: '1.0.0', private: true, ...manifest }))
  write(join(root, 'deny.json'), JSON.stringify(cleanPolicy()))
  const { url } = await serveRegistry(winches)
  const env = { ...process.env, npm_config_cache: join(root, 'cache') }
  const code = await new Promise<unknown>(done => {
    execFile(process.execPath, [script, '--registry', url, ...args], { cwd: root, env }, error =>
      done(error?.code ?? 0),
    )
  })
  const lock = readLock(root)
  return { code, root, winch: lock?.packages['node_modules/winch']?.version }
}

function readLock(root: string): v.InferOutput<typeof lockSchema> | undefined {
  try {
    return v.parse(lockSchema, JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
  } catch {
    return undefined
  }
}

test('a new dependency comes in at its newest release that is old enough', async () => {
  const { code, root, winch } = await update({}, 'winch')
  expect([code, winch]).toEqual([0, '1.1.0'])
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).toMatchObject({
    dependencies: { winch: '1.1.0' },
  })
})

test('what only tests is added as such', async () => {
  const { root } = await update({}, '--dev', 'winch')
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).toMatchObject({
    devDependencies: { winch: '1.1.0' },
  })
})

test('a release of yesterday is not taken, not even by its number', async () => {
  const { code, winch } = await update({}, 'winch@1.2.0')
  expect(code).not.toBe(0)
  expect(winch).toBeUndefined()
})

test('an update stays with what is old enough', async () => {
  const { winch } = await update({ dependencies: { winch: '^1.0.0' } })
  expect(winch).toBe('1.1.0')
})

test.each(['--nonsense', 'git+ssh://host/x.git', '../x', 'winch@^1', 'https://host.example/x.tgz'])(
  '%s is not handed to npm',
  async argument => {
    const { code, root } = await update({}, argument)
    expect(code).toBe(2)
    expect(readLock(root)).toBeUndefined()
  },
)
