import { generateKeyPairSync } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newDirectory } from '../../postern.ts'
import { inProcess } from './in-process.ts'

const home = newDirectory('home')
const fact = '(sem @alice likes "tea" :src @observation :c 0.5 :v 2024-01-15)'

function place(key: string) {
  const memory = newDirectory('memory')
  const keyPath = join(memory, 'seal.key')
  writeFileSync(keyPath, key, { mode: 0o600 })
  const log = join(memory, 'a'.repeat(64), 'canonical.log')
  const run = (...words: string[]) => inProcess(['memory', ...words, '--log', log], { home })
  return { keyPath, log, run }
}

test('with a key in the data directory seals are signed, and only with it', async () => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  const { keyPath, run } = place(String(pem))
  expect((await run('init')).exit).toBe(0)
  expect((await run('commit', fact)).exit).toBe(0)
  expect(JSON.parse((await run('verify', '--json')).stdout)).toMatchObject({ seal: { state: 'sealed', signed: 1 } })
  rmSync(keyPath)
  const refused = await run('commit', fact)
  expect([refused.exit, refused.stderr]).toEqual([6, expect.stringContaining('the key that signs it is not here')])
  expect((await run('query', '(query)')).exit).toBe(0)
})

test('what another key signed, or nobody, is refused by everything that reads', async () => {
  const pem = () => String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const { keyPath, log, run } = place(pem())
  await run('init')
  await run('commit', fact)
  writeFileSync(keyPath, pem())
  for (const words of [
    ['verify'],
    ['decode'],
    ['symbols'],
    ['log'],
    ['query', '(query)'],
    ['status'],
    ['commit', fact],
  ]) {
    expect([words, (await run(...words)).exit]).toEqual([words, 6])
  }
  rmSync(log.replace(/log$/, 'seal'))
  for (const words of [['decode'], ['query', '(query)'], ['status']]) {
    expect([words, (await run(...words)).exit]).toEqual([words, 6])
  }
})

test('a file that holds no key stops everything before anything is written unsigned', async () => {
  const { run } = place('no key\n')
  const refused = await run('init')
  expect([refused.exit, refused.stderr]).toEqual([1, expect.stringContaining('no Ed25519 private key')])
})
