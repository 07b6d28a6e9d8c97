import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolvePaths } from '#base/paths.ts'
import { Secret } from '#base/secret.ts'
import { type Account, parseConfig } from '#config/index.ts'
import { openCredentials } from '#daemon/credentials/index.ts'
import { has } from '../needs.ts'
import { newDirectory } from '../postern.ts'
import { type Keyring, startKeyring } from '../servers/index.ts'

const sentinel = 'sentinel "with\' $(odd) \\ signs ü'

describe.skipIf(!has('secret-tool') || !has('gnome-keyring-daemon'))('the keychain of the system', () => {
  const directory = newDirectory('keychain')
  let keyring: Keyring
  beforeAll(async () => {
    keyring = await startKeyring(directory)
  })
  afterAll(() => keyring?.stop())

  /** The real secret-tool behind a program that writes down what anybody can see of a process: words and variables. */
  function seenBin(): { bin: string; seen: string } {
    const bin = newDirectory('bin')
    const seen = join(bin, 'seen')
    writeFileSync(
      join(bin, 'secret-tool'),
      `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } >> '${seen}'\nexec /usr/bin/secret-tool "$@"\n`,
    )
    chmodSync(join(bin, 'secret-tool'), 0o755)
    return { bin, seen }
  }

  function world(env: Readonly<Record<string, string>> = keyring.env) {
    const home = newDirectory('home')
    const paths = resolvePaths({ platform: 'linux', env: {}, home, instance: 'postern' })
    const { bin, seen } = seenBin()
    const all = { ...env, PATH: `${bin}:/usr/bin:/bin` }
    return {
      credentials: openCredentials({ paths, env: all, store: 'auto', platform: 'linux' }),
      seen,
      file: join(paths.dataDir, 'passwords'),
    }
  }

  const work = account()

  test('keeps a password, gives it, changes it and forgets it; nobody sees it in a process', async () => {
    const { credentials, seen, file } = world()
    const kept = await credentials.keep('work', new Secret(sentinel))
    expect(kept.ok && kept.value.kind).toBe('keychain')
    expect(existsSync(file)).toBe(false)
    const found = await credentials.password(work, 'imap')
    expect(found.ok && found.value.reveal()).toBe(sentinel)
    await credentials.keep('work', new Secret('another'))
    const changed = await credentials.password(work, 'smtp')
    expect(changed.ok && changed.value.reveal()).toBe('another')
    expect(await credentials.forget('work')).toMatchObject({ ok: true })
    expect(await credentials.password(work, 'imap')).toMatchObject({ error: { code: 'password_missing' } })
    const shown = readFileSync(seen, 'utf8')
    expect(shown).toContain('account\nwork')
    expect(shown).not.toContain('sentinel')
    expect(shown).not.toContain('another')
  })

  test('a password that lay in the file before moves: it is in one place only', async () => {
    const { credentials, file } = world()
    const without = openCredentials({
      paths: resolvePaths({ platform: 'linux', env: {}, home: join(file, '../../../..'), instance: 'postern' }),
      env: { PATH: '/nowhere' },
      store: 'auto',
      platform: 'linux',
    })
    await without.keep('work', new Secret('before'))
    expect(readFileSync(file, 'utf8')).toContain('before')
    await credentials.keep('work', new Secret('after'))
    expect(readFileSync(file, 'utf8')).not.toContain('before')
    await credentials.forget('work')
  })

  test('without D-Bus there is none, and the file is taken', async () => {
    const { credentials } = world({ HOME: '/nowhere' })
    const kept = await credentials.keep('work', new Secret('x'))
    expect(kept.ok && kept.value.kind).toBe('file')
  })
})

function account(): Account {
  const parsed = parseConfig('[accounts.work]\nemail = "ann@posteo.de"\n')
  const [found] = parsed.ok ? parsed.value.accounts : []
  if (found === undefined) throw new Error('no account')
  return found
}
