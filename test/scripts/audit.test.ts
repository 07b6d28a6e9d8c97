import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { judgeAudit } from '../../scripts/audit/judge.ts'
import { audit } from '../../scripts/audit.ts'
import { readLockfile, readPolicy } from '../../scripts/deny/read.ts'
import { graphOf } from '../../scripts/gate/graph.ts'
import { judgedAt as now } from '../fixtures/gates/judge.ts'
import { type Answer, deafAddress, serveRegistry } from '../fixtures/gates/registry.ts'
import { cleanTree, type FakeTree, plant, temporaryDirectory } from '../fixtures/gates/tree.ts'

const root = resolve(import.meta.dirname, '../..')
const bulk = '/-/npm/v1/security/advisories/bulk'

function serviceThatKnows(advisories: object): Answer {
  return ({ path }) => (path === bulk ? { status: 200, body: advisories } : { status: 404, body: {} })
}

const winchSnaps = {
  winch: [
    {
      id: 4711,
      url: 'https://advisories.example/GHSA-aaaa-bbbb-cccc',
      title: 'winch snaps\u001b[2J',
      severity: 'high',
      vulnerable_versions: '<2.0.2',
      cwe: [],
      cvss: { score: 7.5, vectorString: '' },
    },
  ],
}

async function found(answer: Answer, change: (tree: FakeTree) => void = () => {}): Promise<string[]> {
  const tree = cleanTree()
  change(tree)
  const { url } = await serveRegistry(answer)
  const { diagnostics } = await audit(plant(tree), { registry: url, now, retries: 0 })
  return diagnostics.map(({ severity, code }) => `${severity} ${code}`)
}

test('a tree without advisories passes, and the service was asked about every package', async () => {
  const bodies: string[] = []
  const { url } = await serveRegistry(({ path, body }) => {
    if (path === bulk) bodies.push(body)
    return { status: 200, body: {} }
  })
  const { diagnostics } = await audit(plant(cleanTree()), { registry: url, now, retries: 0 })
  expect(diagnostics).toEqual([])
  expect(bodies.map(body => JSON.parse(body))).toEqual([
    { portcullis: ['1.2.3'], winch: ['2.0.1'], ballista: ['4.5.6'] },
  ])
})

test('an advisory fails the gate, with its name and the path by which the package came in', async () => {
  const { url } = await serveRegistry(serviceThatKnows(winchSnaps))
  const { diagnostics } = await audit(plant(cleanTree()), { registry: url, now, retries: 0 })
  expect(diagnostics).toEqual([
    {
      code: 'advisory',
      severity: 'error',
      message: 'GHSA-aaaa-bbbb-cccc (high): winch snaps [2J; applies to <2.0.2',
      package: 'winch@2.0.1',
      cameInBy: ['castle', 'portcullis@1.2.3', 'winch@2.0.1'],
      next: 'see https://advisories.example/GHSA-aaaa-bbbb-cccc',
    },
  ])
})

test('an advisory of what only tests fails the gate too', async () => {
  expect(
    await found(serviceThatKnows({ ballista: winchSnaps.winch.map(one => ({ ...one, vulnerable_versions: '*' })) })),
  ).toEqual(['error advisory'])
})

test.each([
  ['is broken', { status: 503, body: 'no' }, 'error audit-unreachable'],
  ['refuses', { status: 405, body: {} }, 'error audit-unreachable'],
  ['forbids', { status: 401, body: {} }, 'error audit-unreachable'],
  ['answers a page', { status: 200, body: '<html>', type: 'text/html' }, 'error audit-unreachable'],
])('a service that %s fails the gate', async (_, response, expected) => {
  expect(await found(() => response)).toEqual([expected])
})

test('a service that is not there fails the gate', async () => {
  const { diagnostics } = await audit(plant(cleanTree()), { registry: await deafAddress(), now, retries: 0 })
  expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['error audit-unreachable'])
})

const reason = 'The winch is never turned here.'
const ignoreUntil =
  (expires: string, id = 'GHSA-aaaa-bbbb-cccc') =>
  (tree: FakeTree) => {
    tree.policy.advisories.ignore.push({ id, reason, expires })
  }

test('an advisory may be ignored through a day, and no longer', async () => {
  expect(await found(serviceThatKnows(winchSnaps), ignoreUntil('2026-06-01'))).toEqual(['note advisory'])
  expect(await found(serviceThatKnows(winchSnaps), ignoreUntil('2026-05-31'))).toEqual([
    'error advisory',
    'error advisory-ignore-expired',
  ])
})

test('an ignore for an advisory that no longer applies fails the gate', async () => {
  expect(await found(serviceThatKnows({}), ignoreUntil('2026-06-30'))).toEqual(['error unused-exception'])
})

test('an ignore for one advisory does not cover another', async () => {
  const other = await found(serviceThatKnows(winchSnaps), ignoreUntil('2026-06-30', 'GHSA-xxxx-yyyy-zzzz'))
  expect(other).toEqual(['error advisory', 'error unused-exception'])
})

test('what lies below the floor of the policy is told, but does not fail', async () => {
  const floor = (tree: FakeTree): void => {
    tree.policy.advisories.severityFloor = 'critical'
  }
  expect(await found(serviceThatKnows(winchSnaps), floor)).toEqual(['note advisory'])
})

function judgeAnswer(stdout: string, stderr = ''): string[] {
  const rootOfTree = plant(cleanTree())
  const lockfile = readLockfile(rootOfTree)
  const policy = readPolicy(rootOfTree)
  if (!lockfile.ok || !policy.ok) throw new Error('the clean tree cannot be read')
  const context = { graph: graphOf(lockfile.value), policy: policy.value, now }
  return judgeAudit({ stdout, stderr }, context).map(({ code }) => code)
}

test.each([
  ['nothing at all', ''],
  ['no JSON', 'npm: command not found'],
  ['another report', '{"auditReportVersion":3,"vulnerabilities":{},"metadata":{"dependencies":{"total":3}}}'],
  [
    'fewer packages than there are',
    '{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"dependencies":{"total":2}}}',
  ],
])('an answer with %s is no clean bill', (_, stdout) => {
  expect(judgeAnswer(stdout)).toEqual(['audit-unreadable'])
})

test('the audit of this repository covers its whole lockfile, whatever its npm settings say', async () => {
  const { url } = await serveRegistry(() => ({ status: 200, body: {} }))
  const copy = temporaryDirectory()
  for (const file of ['package.json', 'package-lock.json', '.npmrc', 'deny.json', 'tools']) {
    cpSync(join(root, file), join(copy, file), { recursive: true })
  }
  const { diagnostics } = await audit(copy, { registry: url, now: Date.now(), retries: 0 })
  expect(diagnostics).toEqual([])
})

test('the command fails when nobody can be asked', async () => {
  const registry = await deafAddress()
  const args = [join(root, 'scripts/audit.ts'), '--json', '--registry', registry, plant(cleanTree())]
  const env = { ...process.env, npm_config_fetch_retry_mintimeout: '1', npm_config_fetch_retry_maxtimeout: '1' }
  const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>(done => {
    execFile(process.execPath, args, { env }, (error, out) => done({ code: error?.code ?? 0, stdout: out }))
  })
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ gate: 'audit', ok: false, diagnostics: [{ code: 'audit-unreachable' }] })
})
