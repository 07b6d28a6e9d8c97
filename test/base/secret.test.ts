import { format, inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Failure } from '#base/failure.ts'
import { Secret, secretFrom } from '#base/secret.ts'

const sentinel = 'sentinel-4f9a'
const secret = new Secret(sentinel)

test.each<[string, () => unknown]>([
  ['a template', () => `${secret}`],
  ['joining', () => ['a', secret].join()],
  ['String', () => String(secret)],
  ['JSON', () => JSON.stringify({ account: 'work', secret, list: [secret] })],
  [
    'inspect, with everything that it can show',
    () => inspect({ secret }, { showHidden: true, depth: 9, getters: true }),
  ],
  ['format', () => format('%s %o %O %j %d', secret, secret, secret, secret, secret)],
  [
    'the keys and values of a copy',
    () => JSON.stringify([Object.entries(secret), { ...secret }, structuredClone({ ...secret })]),
  ],
  [
    'an error and its cause',
    () => inspect(new Failure('failed', 'x', `m ${secret}`, { data: { secret }, cause: secret })),
  ],
])('a secret is not shown by %s', (_how, show) => {
  expect(String(show())).not.toContain(sentinel)
})

test('a secret is given when it is asked for by name', () => {
  expect(secret.reveal()).toBe(sentinel)
})

test('a password is one line, without the break that a pipe leaves', () => {
  expect(secretFrom('pass word \n')?.reveal()).toBe('pass word ')
  expect(secretFrom('pass\r\n')?.reveal()).toBe('pass')
  for (const none of ['', '\n', 'a\nb', 'a\0b', 'x'.repeat(5000)]) expect(secretFrom(none)).toBeUndefined()
})
