import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { ok } from '#base/result.ts'
import { addAccount, removeAccount, replaceAccount } from '#config/edit.ts'
import { changeConfigFile } from '#config/write.ts'
import { newDirectory } from '../postern.ts'

const file = `# mine, do not touch
[log]   # where it goes
level = "warn"

# the office
[accounts.work]
email = "ann@example.org"
provider = "fastmail" # since 2021

[accounts.work.imap]
port = 993

# at home
[accounts.home]
email = "ann@gmail.com"
`

function text(result: { ok: true; value: string } | { ok: false; error: { message: string } }): string {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

describe('adding an account', () => {
  test('leaves every line that was there', () => {
    const after = text(addAccount(file, 'club', { email: 'ann@posteo.de', smtp: { host: 'posteo.de' } }))
    expect(after.startsWith(file)).toBe(true)
    expect(after.slice(file.length)).toBe(
      '\n[accounts.club]\nemail = "ann@posteo.de"\n\n[accounts.club.smtp]\nhost = "posteo.de"\n',
    )
  })

  test('of a name that is taken is refused', () => {
    expect(addAccount(file, 'work', { email: 'x@y.org' })).toMatchObject({ error: { code: 'account_exists' } })
  })

  test('to a file that does not parse is refused', () => {
    expect(addAccount('[log', 'work', {})).toMatchObject({ error: { code: 'not_toml' } })
  })

  test('to accounts that were written on one line is refused rather than done wrong', () => {
    expect(addAccount('accounts = { a = { email = "a@x.org" } }\n', 'b', { email: 'b@x.org' })).toMatchObject({
      error: { code: 'cannot_edit' },
    })
  })

  test('takes any text as a value and nothing of it as more', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (name, signature) => {
        const table = { email: 'a@x.org', name, signature }
        const after = text(addAccount(file, 'club', table))
        expect(parse(after)).toEqual({ ...parse(file), accounts: { ...Object(parse(file).accounts), club: table } })
      }),
    )
  })
})

describe('removing an account', () => {
  test('takes its tables and leaves the comment of the next', () => {
    const after = text(removeAccount(file, 'work'))
    expect(after).toBe(
      '# mine, do not touch\n[log]   # where it goes\nlevel = "warn"\n\n# the office\n\n# at home\n[accounts.home]\nemail = "ann@gmail.com"\n',
    )
  })

  test('that is not there is refused', () => {
    expect(removeAccount(file, 'club')).toMatchObject({ error: { code: 'account_unknown' } })
  })

  test('that was just added gives the file back', () => {
    fc.assert(
      fc.property(fc.string(), signature => {
        const added = text(addAccount(file, 'club', { email: 'a@x.org', signature, imap: { host: 'h' } }))
        expect(parse(text(removeAccount(added, 'club')))).toEqual(parse(file))
      }),
    )
  })

  test('is not fooled by a header inside of a text', () => {
    const tricky =
      '[accounts.a]\nemail = "a@x.org"\nsignature = """\n[accounts.b]\n"""\n\n[accounts.b]\nemail = "b@x.org"\n'
    const removed = removeAccount(tricky, 'b')
    if (removed.ok) expect(parse(removed.value)).toEqual({ accounts: { a: Object(parse(tricky).accounts).a } })
    else expect(removed.error.code).toBe('cannot_edit')
  })
})

test('replacing an account leaves the others where they stand', () => {
  const after = text(replaceAccount(file, 'work', { email: 'ann@posteo.de' }))
  expect(after).toBe(
    '# mine, do not touch\n[log]   # where it goes\nlevel = "warn"\n\n# the office\n[accounts.work]\nemail = "ann@posteo.de"\n\n# at home\n[accounts.home]\nemail = "ann@gmail.com"\n',
  )
})

describe('the file', () => {
  test('is written for its owner alone, with the text before it kept once', () => {
    const home = newDirectory('home')
    const paths = { configDir: join(home, 'c'), configFile: join(home, 'c/config.toml'), homeDir: home }
    changeConfigFile(paths, before => ok(`${before}# one\n`))
    changeConfigFile(paths, before => ok(`${before}# two\n`))
    expect(readFileSync(paths.configFile, 'utf8')).toBe('# one\n# two\n')
    expect(readFileSync(`${paths.configFile}.bak`, 'utf8')).toBe('# one\n')
    expect(statSync(paths.configFile).mode & 0o777).toBe(0o600)
    expect(statSync(`${paths.configFile}.bak`).mode & 0o777).toBe(0o600)
  })

  test('is not touched when the change is refused', () => {
    const home = newDirectory('home')
    const paths = { configDir: home, configFile: join(home, 'config.toml'), homeDir: home }
    writeFileSync(paths.configFile, file, { mode: 0o600 })
    expect(() => changeConfigFile(paths, before => removeAccount(before, 'nobody'))).toThrow(/no account/)
    expect(readFileSync(paths.configFile, 'utf8')).toBe(file)
  })
})
