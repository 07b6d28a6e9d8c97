import { expect, test } from 'vitest'
import { deny } from '../../../scripts/deny.ts'
import type { Diagnostic } from '../../../scripts/gate/diagnostic.ts'
import { judgedAt, reason } from '../../fixtures/gates/judge.ts'
import { type Answer, deafAddress, serveRegistry } from '../../fixtures/gates/registry.ts'
import { changeLock, cleanTree, type FakeTree, plant } from '../../fixtures/gates/tree.ts'

const versions: Record<string, string> = { '/portcullis': '1.2.3', '/winch': '2.0.1', '/ballista': '4.5.6' }

/** A registry that knows the clean tree, all of it published long ago. */
const everythingIsOld: Answer = ({ path }) => {
  const version = versions[path]
  if (version === undefined) return { status: 404, body: {} }
  return { status: 200, body: { time: { [version]: '2025-01-01T00:00:00.000Z' }, versions: { [version]: {} } } }
}

function except(path: string, body: unknown, status = 200): Answer {
  return request => (request.path === path ? { status, body } : everythingIsOld(request))
}

async function judge(answer: Answer, change: (tree: FakeTree) => void = () => {}): Promise<readonly Diagnostic[]> {
  const tree = cleanTree()
  change(tree)
  const { url } = await serveRegistry(answer)
  return (await deny(plant(tree), { online: true, registry: url, now: judgedAt })).diagnostics
}

async function codes(answer: Answer, change?: (tree: FakeTree) => void): Promise<string[]> {
  return (await judge(answer, change)).map(({ code }) => code)
}

const young = { time: { '2.0.1': '2026-05-30T12:00:00.000Z' }, versions: { '2.0.1': {} } }

test('releases that are old enough pass', async () => {
  expect(await codes(everythingIsOld)).toEqual([])
})

test.each([
  ['a release of two days ago', 'release-too-young', young],
  ['a release from tomorrow', 'release-too-young', { ...young, time: { '2.0.1': '2026-06-02T12:00:00.000Z' } }],
  ['a release without a date', 'release-date-unknown', { ...young, time: {} }],
  ['a version that was withdrawn', 'unpublished-version', { time: {}, versions: { '2.0.0': {} } }],
  [
    'a deprecated version',
    'deprecated-version',
    { time: { '2.0.1': '2025-01-01' }, versions: { '2.0.1': { deprecated: 'snaps' } } },
  ],
])('%s is refused as %s', async (_, code, body) => {
  expect(await codes(except('/winch', body))).toEqual([code])
})

test('a package that the registry no longer has is refused', async () => {
  expect(await codes(except('/winch', {}, 404))).toEqual(['unpublished-version'])
})

test('a package that was withdrawn as a whole is refused', async () => {
  const remains = { time: { unpublished: { time: '2026-05-01T00:00:00.000Z' } } }
  expect(await codes(except('/winch', remains))).toEqual(['unpublished-version'])
})

test('a young release may be excused until a day, and not after it', async () => {
  const excuse = (expires: string) => (tree: FakeTree) => {
    tree.policy.age.exceptions.push({ package: 'winch', reason, expires })
  }
  expect(await codes(except('/winch', young), excuse('2026-06-01'))).toEqual([])
  expect(await codes(except('/winch', young), excuse('2026-05-31'))).toEqual(['release-too-young', 'unused-exception'])
})

test('deprecation of what only tests is passed over unless the policy says all', async () => {
  const old = { time: { '4.5.6': '2025-01-01' }, versions: { '4.5.6': { deprecated: 'too loud' } } }
  expect(await codes(except('/ballista', old))).toEqual([])
  const all = (tree: FakeTree): void => {
    tree.policy.deprecated.scope = 'all'
  }
  expect(await codes(except('/ballista', old), all)).toEqual(['deprecated-version'])
})

test.each([
  ['fails', 503, 'busy'],
  ['answers nonsense', 200, '<html>'],
  ['answers another shape', 200, { time: [] }],
])('a registry that %s for one package leaves the gate closed', async (_, status, body) => {
  const findings = await judge(except('/winch', body, status))
  expect(findings.map(({ code, severity }) => [code, severity])).toEqual([['registry-unreachable', 'error']])
})

test('a registry that does not answer fails or is noted, as the policy says', async () => {
  const url = await deafAddress()
  const severities = await Promise.all(
    ['fail', 'pass'].map(async onUnreachable => {
      const tree = cleanTree()
      tree.policy.age.onUnreachable = onUnreachable
      const { diagnostics } = await deny(plant(tree), { online: true, registry: url, now: judgedAt })
      return diagnostics.map(({ code, severity }) => `${severity} ${code}`)
    }),
  )
  expect(severities).toEqual([['error registry-unreachable'], ['note registry-unreachable']])
})

test('without being told to, the gate asks nobody and says so', async () => {
  const { diagnostics } = await deny(plant(cleanTree()), { online: false, registry: undefined, now: judgedAt })
  expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['note registry-not-asked'])
})

test('a renamed package is asked for under the name that it was published under', async () => {
  const { url, requests } = await serveRegistry(everythingIsOld)
  const tree = cleanTree()
  changeLock(tree, 'winch', { name: '@moat/winch' })
  await deny(plant(tree), { online: true, registry: url, now: judgedAt })
  expect(requests).toContain('GET /@moat%2fwinch')
  expect(requests).not.toContain('GET /winch')
})
