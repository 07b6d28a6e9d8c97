import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { beforeEach, describe, expect, test } from 'vitest'
import { mcpClients } from '#harness/clients/mcp-clients.ts'
import { serverIn, withoutServer, withServer } from '#harness/clients/server-text.ts'
import { inProcess } from '../cli/memory/in-process.ts'
import { newDirectory, postern } from '../postern.ts'

const entry = { command: '/opt/postern', args: ['mcp', '--profile', 'assistant'] }
const done = (result: { ok: boolean; value?: unknown }) => {
  if (!result.ok) throw new Error(JSON.stringify(result))
  return String(result.value)
}

const json = `{
    "theme": "dark",
    "mcpServers": {
        "other": { "command": "x", "args": [] }
    },
    "last": [1,  2]
}
`
const toml = `# mine
model = "best"

[mcp_servers.other]
command = "x" # as it was

[profiles.fast]
model = "small"
`

describe('the text of a client’s file', () => {
  test.each([
    ['mcpServers', json],
    ['mcpServers', '{}'],
    ['mcpServers', '{"mcpServers":{}}'],
    ['servers', '{ "servers": { "a": {"type": "stdio", "command": "b"} }, "inputs": [] }'],
    ['toml', toml],
    ['toml', '[mcp_servers.other]\ncommand = "x"'],
  ] as const)('%s: has the server, and nothing else is changed; without it, it is as before', (form, text) => {
    const after = done(withServer(text, form, entry))
    expect(serverIn(after, form)).toMatchObject({ ok: true, value: entry })
    expect(done(withServer(after, form, entry))).toBe(after)
    const back = done(withoutServer(after, form))
    const read = (each: string): unknown => (form === 'toml' ? parse(each) : JSON.parse(each))
    const [was, is] = [read(text), read(back)]
    expect(JSON.stringify(is).replace('"mcpServers":{},', '')).toBe(
      JSON.stringify(was).replace('"mcpServers":{},', '').replace('{"mcpServers":{}}', '{}'),
    )
    for (const line of text.split('\n').filter(each => each.includes('mine') || each.includes('as it was'))) {
      expect(back).toContain(line)
    }
  })

  test('another entry of ours is replaced', () => {
    for (const form of ['mcpServers', 'servers', 'toml'] as const) {
      const first = done(withServer(undefined, form, entry))
      const second = done(withServer(first, form, { ...entry, args: ['mcp', '--profile', 'reader'] }))
      expect(second).toContain('reader')
      expect(second).not.toContain('assistant')
    }
  })

  test.each([
    ['mcpServers', '{ // mine\n "mcpServers": {} }'],
    ['mcpServers', '[]'],
    ['mcpServers', '{"mcpServers": []}'],
    ['mcpServers', '{"mcpServers": {}, "mcpServers": {}}'],
    ['servers', '{"servers": {'],
    ['toml', 'model = = 1'],
    ['toml', '[mcp_servers]\npostern = { command = "x", args = [] }'],
  ] as const)('%s: %j is refused and left alone', (form, text) => {
    expect(withServer(text, form, entry)).toMatchObject({ ok: false, error: { code: 'client_file_malformed' } })
  })

  test('of any TOML keeps everything else, or is refused', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/)
    fc.assert(
      fc.property(fc.dictionary(word, fc.dictionary(word, fc.string({ maxLength: 8 }))), tables => {
        const text = Object.entries(tables)
          .map(
            ([name, table]) =>
              `[t.${name}]\n${Object.entries(table)
                .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
                .join('')}`,
          )
          .join('\n')
        const before = JSON.stringify(parse(text))
        const after = withServer(text, 'toml', entry)
        if (!after.ok) return
        const back = done(withoutServer(after.value, 'toml'))
        expect(JSON.stringify(parse(back))).toBe(before)
      }),
    )
  })
})

describe('postern mcp install', () => {
  let home: string
  beforeEach(() => {
    home = newDirectory('home')
  })
  const run = (...words: string[]) => inProcess(['mcp', ...words], { home })
  const fileOf = (name: string) => {
    const client = mcpClients.find(each => each.name === name)
    if (client === undefined) throw new Error(name)
    return join(home, ...client.file(process.platform))
  }

  test.each(mcpClients.map(({ name }) => name))(
    '%s: shows first, writes with --yes, and takes out all of it',
    async name => {
      const file = fileOf(name)
      expect((await run('show', name)).stdout).toMatch(/^missing/)
      const shown = await run('install', name)
      expect(shown).toMatchObject({ exit: 0 })
      expect(shown.stderr).toContain('nothing was written')
      expect(existsSync(file)).toBe(false)
      expect((await run('install', name, '--yes')).exit).toBe(0)
      expect(readFileSync(file, 'utf8')).toContain('postern')
      expect((await run('show', name)).stdout).toMatch(/^installed/)
      expect((await run('show', name, '--profile', 'reader')).stdout).toMatch(/^different/)
      expect((await run('install', name, '--yes')).stderr).toContain('it is there already')
      expect((await run('uninstall', name, '--yes')).exit).toBe(0)
      expect(existsSync(file)).toBe(false)
      expect((await run('uninstall', name, '--yes')).stderr).toContain('nothing of ours is there')
    },
  )

  test('a file that was there is changed in one place, kept beside, and restored to the byte', async () => {
    const file = fileOf('cursor')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, json)
    await run('install', 'cursor', '--yes')
    expect(readFileSync(`${file}.postern-backup`, 'utf8')).toBe(json)
    await run('uninstall', 'cursor', '--yes')
    expect(readFileSync(file, 'utf8')).toBe(json)
    expect(readdirSync(dirname(file))).toEqual(['mcp.json'])
  })

  test('a file that cannot be changed safely is left alone, and what to paste is said', async () => {
    const file = fileOf('vscode')
    mkdirSync(dirname(file), { recursive: true })
    const mine = '{ // mine\n  "servers": {}\n}\n'
    writeFileSync(file, mine)
    const refused = await run('install', 'vscode', '--yes')
    expect(refused).toMatchObject({ exit: 5, stdout: '' })
    expect(refused.stderr).toMatch(/left as it is[\s\S]*"servers"[\s\S]*"postern"/)
    expect(readFileSync(file, 'utf8')).toBe(mine)
  })

  test('whose memory is meant is named by its whole path', async () => {
    for (const [given, named] of [
      ['/srv/app', '/srv/app'],
      ['app', join(home, 'app')],
    ] as const) {
      const { stdout } = await run('install', 'cursor', '--workspace', given, '--json')
      const added = JSON.parse(stdout).files[0].diff.join('\n')
      expect(added).toContain(JSON.stringify(named))
    }
  })

  test('a link in its place is not followed', async () => {
    const file = fileOf('cursor')
    mkdirSync(dirname(file), { recursive: true })
    const elsewhere = join(newDirectory('elsewhere'), 'mcp.json')
    writeFileSync(elsewhere, '{}')
    symlinkSync(elsewhere, file)
    expect(await run('install', 'cursor', '--yes')).toMatchObject({ exit: 5 })
    expect(readFileSync(elsewhere, 'utf8')).toBe('{}')
  })

  test('no secret is written, whatever is in the environment', async () => {
    const ran = postern(['mcp', 'install', 'claude-code', '--yes'], { env: { HOME: home, POSTERN_AGENT_TOKEN: '' } })
    expect(ran.exit).toBe(0)
    const agent = postern(['mcp', 'install', 'cursor', '--yes'], {
      env: { HOME: home, POSTERN_AGENT_TOKEN: 'pt_secretsecret' },
    })
    expect(agent.exit).toBe(5)
    expect(existsSync(fileOf('cursor'))).toBe(false)
    expect(readFileSync(fileOf('claude-code'), 'utf8')).not.toContain('secret')
  })

  test.each([
    [['install', 'nosuch'], 2, /must be one of claude-code|CLIENT/],
    [['instal', 'cursor'], 2, /ACTION|install/],
    [['install'], 2, /needs CLIENT/],
    [['install', 'cursor', '--profile', 'god'], 4, /no profile/],
    [['install', 'windsurf', '--scope', 'project'], 2, /for the person alone/],
    [['install', 'cursor', '--scope', 'project'], 4, /repository|Git/i],
  ] as const)('%j is refused with the way on', async (words, exit, message) => {
    const refused = await run(...words)
    expect(refused).toMatchObject({ exit, stdout: '' })
    expect(refused.stderr).toMatch(message)
  })
})
