import { describe, expect, test } from 'vitest'
import { parseConfig } from '#config/index.ts'
import { repositorySettings } from '#harness/trust/repository.ts'

const table = (lines: string) => parseConfig(`[librarian.processors.m]\n${lines}\n`)

test('a program and a server are two kinds of processor, each with its defaults', () => {
  const parsed = parseConfig(
    '[librarian]\nprocessor = "m"\n[librarian.processors.m]\ncommand = ["claude", "-p"]\n' +
      '[librarian.processors.lan]\nurl = "http://127.0.0.1:11434/v1/"\nmodel = "qwen"\n',
  )
  expect(parsed).toMatchObject({
    ok: true,
    value: {
      librarian: { processor: 'm' },
      processors: {
        m: { type: 'command', name: 'm', command: ['claude', '-p'], home: false, model: null, timeoutMs: 120_000 },
        lan: { type: 'http', url: 'http://127.0.0.1:11434/v1', model: 'qwen', keyFile: null, keyCommand: null },
      },
    },
  })
})

describe('a processor that cannot be used stops the program', () => {
  test.each([
    ['', 'command is missing, or url'],
    ['command = []', 'must be a list of words'],
    ['command = "claude -p"', 'must be a list of words'],
    ['command = ["./model"]', 'must begin with an absolute path'],
    ['command = ["bin/model"]', 'must begin with an absolute path'],
    ['command = ["x"]\nurl = "http://127.0.0.1/"', 'has no place beside command'],
    ['command = ["x"]\nkey_file = "/k"', 'has no place beside command'],
    ['comand = ["x"]', 'did you mean "command"?'],
    ['command = ["x"]\ntimeout_s = 0', 'must be seconds, 1 to 240'],
    ['command = ["x"]\ntimeout_s = 241', 'must be seconds, 1 to 240'],
    ['url = "ftp://127.0.0.1/"', 'must be an http or https address'],
    ['url = "http://models.example.org/v1"', 'leads to another machine: with remote = true'],
    ['url = "https://models.example.org/v1"', 'leads to another machine: with remote = true'],
    ['url = "http://127.0.0.1.example.org/v1"', 'leads to another machine'],
    ['url = "http://models.example.org/v1"\nremote = true', 'must be https'],
    ['url = "http://user:word@127.0.0.1/"', 'must have no user, password'],
    ['url = "http://127.0.0.1/?key=canary"', 'must have no user, password'],
    ['url = "http://127.0.0.1/"\nkey_file = "key"', 'must be an absolute path'],
    ['url = "http://127.0.0.1/"\nkey_file = "/k"\nkey_command = ["x"]', 'has no place beside key_command'],
  ])('%s', (lines, message) => {
    const parsed = table(lines)
    if (parsed.ok) throw new Error('it was accepted')
    expect(parsed.error.map(each => each.message).join('\n')).toContain(message)
  })

  test('an unknown name, one that is taken, and a choice that is not there', () => {
    expect(parseConfig('[librarian.processors.deterministic]\ncommand = ["x"]')).toMatchObject({ ok: false })
    expect(parseConfig('[librarian.processors."../x"]\ncommand = ["x"]')).toMatchObject({ ok: false })
    expect(parseConfig('[librarian]\nprocessor = "m2"\n[librarian.processors.m1]\ncommand = ["x"]')).toMatchObject({
      ok: false,
      error: [{ line: 2, message: 'there is no table [librarian.processors.m2]; did you mean "m1"?' }],
    })
  })

  test('a key that was written into the wrong place is not repeated', () => {
    const parsed = table('command = ["x"]\nmodel = ["canary-key"]\napi_key = "canary-key"')
    expect(JSON.stringify(parsed)).not.toContain('canary')
    expect(parsed.ok).toBe(false)
  })
})

test('another machine is allowed by the person’s own word, and encrypted', () => {
  expect(table('url = "https://models.example.org/v1"\nremote = true')).toMatchObject({ ok: true })
})

test('S7.7: the settings of a repository can neither name a processor nor choose one', () => {
  const text = '[librarian]\nprocessor = "m"\n[librarian.processors.m]\ncommand = ["./evil"]\n'
  const settings = repositorySettings(Buffer.from(text), { file: '/r/.postern/config.toml', root: '/r' })
  expect(settings.wants).toEqual([])
  expect(settings.ignored.join('\n')).toContain('librarian')
  expect(JSON.stringify([settings.harmless, settings.asked])).not.toContain('evil')
})
