import { expect, test } from 'vitest'
import { parsePolicy } from '../../../scripts/deny/policy.ts'
import { cleanPolicy } from '../../fixtures/gates/tree.ts'

function faults(policy: unknown): string[] {
  const parsed = parsePolicy(JSON.stringify(policy))
  return parsed.ok ? [] : parsed.error.map(({ code, message }) => `${code}: ${message}`)
}

test('a policy that says everything is accepted', () => {
  expect(faults(cleanPolicy())).toEqual([])
})

test('an unknown key is refused with the one that was meant', () => {
  const { licenses, ...others } = cleanPolicy()
  const { allow, ...rest } = licenses
  expect(faults({ ...others, licenses: { ...rest, allow, allowed: [] } })).toEqual([
    'policy-invalid: licenses.allowed is no known key; did you mean “allow”?',
  ])
})

test('an unknown key inside an exception is refused too', () => {
  const policy = cleanPolicy()
  policy.build.installScripts.push({ package: 'winch', reason: 'The reason is told here.', expire: 'never' })
  expect(faults(policy)).toEqual(['policy-invalid: build.installScripts.0.expire is no known key'])
})

test('a missing section is refused, not defaulted', () => {
  const { sources: _, ...others } = cleanPolicy()
  expect(faults(others)).toEqual(['policy-invalid: sources is missing'])
})

test.each([
  ['no reason', { package: 'winch' }, 'build.installScripts.0.reason is missing'],
  ['an empty reason', { package: 'winch', reason: '' }, 'build.installScripts.0.reason: a reason is a sentence'],
  [
    'a subject with a range',
    { package: 'winch@^1 || 2', reason: 'The reason is told here.' },
    'not name, name@version',
  ],
])('an exception with %s is refused', (_, exception, expected) => {
  const policy = cleanPolicy()
  policy.build.installScripts.push(exception)
  expect(faults(policy).join('\n')).toContain(expected)
})

test('an ignored advisory without an end is refused', () => {
  const policy = cleanPolicy()
  policy.advisories.ignore.push({ id: 'GHSA-x', reason: 'We never call that.' })
  expect(faults(policy)).toEqual(['policy-invalid: advisories.ignore.0.expires is missing'])
})
