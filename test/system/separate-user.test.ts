import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

// docs/separate-user.md: Postern under a user of its own, of which the agent's user may start the MCP server and nothing
// else. What sudo would do is done here by starting programs under other user ids, which only root may.
const isRoot = process.getuid?.() === 0
if (!isRoot) process.stderr.write('skipped: programs under other users can only be started by root\n')

const keeper = { uid: 54_321, gid: 54_321 }
const agent = { uid: 54_322, gid: 54_322 }

describe.skipIf(!isRoot)('a daemon under a user of its own', () => {
  let root: string
  let home: string
  let program: string

  const run = (who: typeof keeper, words: readonly string[]) => {
    const [file = '', ...args] = words
    const { status, stdout, stderr } = spawnSync(file, args, {
      ...who,
      cwd: root,
      env: { HOME: home, PATH: '/usr/bin:/bin' },
      encoding: 'utf8',
    })
    return { exit: status, stdout, stderr }
  }

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'postern-users-'))
    chmodSync(root, 0o755)
    home = join(root, 'home')
    mkdirSync(home, { mode: 0o700 })
    chownSync(home, keeper.uid, keeper.gid)
    program = join(root, 'postern')
    copyFileSync(inject('executable'), program)
    chmodSync(program, 0o755)
    expect(run(keeper, [program, 'demo', '-n', '100'])).toMatchObject({ exit: 0 })
    expect(run(keeper, [program, '--demo', 'daemon', 'start'])).toMatchObject({ exit: 0 })
  }, 60_000)

  afterAll(() => {
    if (root === undefined) return
    run(keeper, [program, '--demo', 'daemon', 'stop'])
    rmSync(root, { recursive: true, force: true })
  })

  test('lets the agent’s user read none of its files and speak at no socket of its', () => {
    const below = readdirSync(home, { recursive: true, encoding: 'utf8' }).map(name => join(home, name))
    const files = below.filter(name => /(?:mail\.db|gate\.db|daemon\.key|daemon\.sock)$/.test(name))
    expect(files.length).toBeGreaterThan(2)
    for (const file of [home, ...files]) {
      expect(run(agent, ['/bin/sh', '-c', `cat '${file}' || ls '${file}'`]).exit, file).not.toBe(0)
    }
    const asked = run(agent, [program, '--demo', 'search', 'roof'])
    expect(asked.exit).not.toBe(0)
    expect(asked.stdout).toBe('')
  })

  test('serves it over MCP within the profile, when its server is started under the keeper', async () => {
    const server = spawn(program, ['--demo', 'mcp', '--profile', 'reader'], {
      ...keeper,
      cwd: root,
      env: { HOME: home, PATH: '/usr/bin:/bin' },
    })
    const answers = await ask(server, [
      {
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
      },
      { method: 'tools/list', params: {} },
      { method: 'tools/call', params: { name: 'mail_search', arguments: { query: 'subject:roof-garden', limit: 1 } } },
    ])
    server.stdin.end()
    expect(JSON.stringify(answers[1])).toContain('mail_search')
    expect(JSON.stringify(answers[1])).not.toContain('send_request')
    expect(JSON.stringify(answers[2])).toContain('roof')
  }, 30_000)
})

async function ask(server: ChildProcessWithoutNullStreams, requests: readonly object[]): Promise<unknown[]> {
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
  const answers: unknown[] = []
  for (const [id, request] of requests.entries()) {
    server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...request })}\n`)
    const { value } = await lines.next()
    answers.push(JSON.parse(value ?? 'null'))
  }
  return answers
}
