import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { resolvePaths } from '#base/paths.ts'
import { Secret } from '#base/secret.ts'
import { type Account, parseConfig } from '#config/index.ts'
import { type CredentialsOptions, openCredentials } from '#daemon/credentials/index.ts'
import { newDirectory } from '../../postern.ts'

const sentinel = 'sentinel-77c1'

function account(more = ''): Account {
  const parsed = parseConfig(`[accounts.work]\nemail = "ann@posteo.de"\n${more}`)
  const [found] = parsed.ok ? parsed.value.accounts : []
  if (found === undefined) throw new Error('no account')
  return found
}

/** A machine without a keychain: its PATH leads nowhere. */
function world(more: Partial<CredentialsOptions> = {}) {
  const home = newDirectory('home')
  const paths = resolvePaths({ platform: 'linux', env: {}, home, instance: 'postern' })
  const file = join(paths.dataDir, 'passwords')
  return {
    file,
    credentials: openCredentials({ paths, env: { PATH: '/nowhere' }, store: 'auto', platform: 'linux', ...more }),
  }
}

describe('without a keychain', () => {
  test('a password is kept in a file that says what it is', async () => {
    const { file, credentials } = world()
    const kept = await credentials.keep('work', new Secret(sentinel))
    expect(kept.ok && kept.value.title).toBe(`the file ${file}, readable by you alone and not encrypted`)
    expect(readFileSync(file, 'utf8')).toContain('NOT encrypted')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const found = await credentials.password(account(), 'imap')
    expect(found.ok && found.value.reveal()).toBe(sentinel)
  })

  test('a person who wants one is refused', async () => {
    const { credentials } = world({ store: 'keychain' })
    expect(await credentials.keep('work', new Secret(sentinel))).toMatchObject({ error: { code: 'keep_missing' } })
    expect(await credentials.password(account(), 'imap')).toMatchObject({ error: { code: 'keep_missing' } })
  })

  test('a file that others could read is refused', async () => {
    const { file, credentials } = world()
    await credentials.keep('work', new Secret(sentinel))
    chmodSync(file, 0o640)
    const found = await credentials.password(account(), 'imap')
    expect(found).toMatchObject({
      error: { code: 'keep_failed', message: expect.stringContaining('open to other users') },
    })
    expect(await credentials.keep('work', new Secret('x'))).toMatchObject({ error: { code: 'keep_failed' } })
  })

  test('a damaged file gives nothing away', async () => {
    const { file, credentials } = world()
    await credentials.keep('work', new Secret(sentinel))
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"\n$/, '\n'), { mode: 0o600 })
    const found = await credentials.password(account(), 'imap')
    expect(found).toMatchObject({ error: { code: 'password_missing', next: 'postern account edit work --password' } })
    expect(inspect(found, { depth: 9 })).not.toContain(sentinel)
  })

  test('sending may have a password of its own', async () => {
    const { credentials } = world()
    await credentials.keep('work', new Secret('both'))
    await credentials.keep('work', new Secret('sending'), 'smtp')
    const found = await Promise.all([credentials.password(account(), 'imap'), credentials.password(account(), 'smtp')])
    expect(found.map(result => result.ok && result.value.reveal())).toEqual(['both', 'sending'])
  })

  test('removing an account leaves nothing of it, and the others their own', async () => {
    const { file, credentials } = world()
    await credentials.keep('work', new Secret(sentinel))
    await credentials.keep('work', new Secret(sentinel), 'smtp')
    await credentials.keep('works', new Secret('other'))
    await credentials.forget('work')
    expect(readFileSync(file, 'utf8')).not.toContain(sentinel)
    expect(readFileSync(file, 'utf8')).toContain('works "other"')
  })
})

describe('a command of the person', () => {
  const run = async (script: string) => {
    const words = JSON.stringify([process.execPath, '-e', script])
    return world().credentials.password(account(`password_command = ${words}`), 'imap')
  }

  test('gives the password', async () => {
    const found = await run(`console.log('${sentinel}')`)
    expect(found.ok && found.value.reveal()).toBe(sentinel)
  })

  test.each([
    ['fails', `console.log('${sentinel}'); console.error('${sentinel}'); process.exit(2)`],
    ['prints several lines', `console.log('${sentinel}\\nuser: ann')`],
    ['prints nothing', '0'],
  ])('that %s is named, and nothing of what it printed', async (_how, script) => {
    const found = await run(script)
    expect(found).toMatchObject({
      ok: false,
      error: { code: 'password_command_failed', next: 'postern account edit work' },
    })
    expect(inspect(found, { depth: 9 })).not.toContain(sentinel)
  })
})
