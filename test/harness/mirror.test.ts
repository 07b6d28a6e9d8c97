import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { relationOf, sharedLength } from '#harness/mirror/relation.ts'
import { checkRemote } from '#harness/mirror/remote.ts'
import { mirrorRounds } from '../../scripts/mirror-rounds/rounds.ts'
import { inProcess } from '../cli/memory/in-process.ts'
import { newDirectory } from '../postern.ts'

let home: string
let remote: string
let one: string
let two: string

beforeEach(() => {
  home = newDirectory('home')
  const root = newDirectory('mirror')
  remote = join(root, 'remote.git')
  execFileSync('git', ['init', '--quiet', '--bare', remote])
  one = join(root, 'one')
  two = join(root, 'two')
  for (const machine of [one, two]) mkdirSync(machine, { mode: 0o700 })
})

const logOf = (machine: string) => join(machine, 'canonical.log')
const env = { PATH: process.env.PATH ?? '' }
const memory = (machine: string, words: readonly string[], input = '') =>
  inProcess(['memory', ...words, '--log', logOf(machine)], { home, input, env })
const mirror = (machine: string, ...words: string[]) => memory(machine, ['remote', ...words])

async function state(machine: string) {
  return JSON.parse((await mirror(machine, 'status', '--json')).stdout)
}

async function remember(machine: string, subject: string, value = subject): Promise<void> {
  if (!existsSync(logOf(machine))) await memory(machine, ['init'])
  const form = `(sem @${subject} says "${value}" :src @observation :c 0.5 :v 2026-01-15)`
  const done = await memory(machine, ['commit', '-'], form)
  if (done.exit !== 0) throw new Error(done.stderr)
}

async function joined(...machines: string[]): Promise<void> {
  for (const machine of machines) expect(await mirror(machine, 'add', remote)).toMatchObject({ exit: 0 })
}

/** A commit in the remote that somebody else made, with these lines of fast-import in it. */
function tampered(lines: string): void {
  const stream = `commit refs/heads/main\ncommitter x <x@x> 0 +0000\ndata 1\nx\nfrom refs/heads/main^0\n${lines}\ndone\n`
  execFileSync('git', ['--git-dir', remote, 'fast-import', '--quiet', '--done', '--force'], { input: stream })
}

describe('S7.26: relations', () => {
  test('of any two logs: one is the beginning of the other, or they grew apart', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ maxLength: 60 }), (shared, more) => {
        const [a, b] = [Buffer.from(shared), Buffer.concat([shared, more])]
        expect(relationOf(a, b)).toBe(more.length === 0 ? 'synced' : 'remote_ahead')
        expect(relationOf(b, a)).toBe(more.length === 0 ? 'synced' : 'local_ahead')
        if (more.length === 0) return
        const other = Buffer.from(b)
        other[other.length - 1] = (other.at(-1) ?? 0) ^ 1
        expect(relationOf(b, other)).toBe('diverged')
        expect(sharedLength(b, other)).toBe(b.length - 1)
      }),
    )
    expect(relationOf(undefined, undefined)).toBe('none')
    expect(relationOf(Buffer.alloc(0), undefined)).toBe('local_only')
    expect(relationOf(undefined, Buffer.alloc(0))).toBe('remote_only')
  })
})

describe('S7.23: an address or a branch', () => {
  test.each([
    '--upload-pack=touch /tmp/x',
    '-x',
    'ext::sh -c touch% /tmp/x',
    'fd::7',
    'file:///etc',
    'http://git.example/x',
    'git://git.example/x',
    'https://me:token@git.example/x',
    'https://token@git.example/x',
    'ssh://-oProxyCommand=x/y',
    'relative/path',
    '../up',
    'host with space:/x',
    'a\nb',
    '',
  ])('%j is refused before Git runs', url => {
    expect(checkRemote({ url, branch: 'main' }).ok).toBe(false)
  })

  test.each(['--upload-pack=x', '-b', 'a..b', 'a@{1}', 'x.lock', 'x/', '.x', 'a//b', 'a/.b', 'a b', 'a~1', 'a:b', ''])(
    'a branch %j is refused',
    branch => {
      expect(checkRemote({ url: '/srv/memory.git', branch }).ok).toBe(false)
    },
  )

  test.each([
    '/srv/memory.git',
    'git@git.example:me/memory.git',
    'ssh://git@git.example:2222/me/m.git',
    'https://git.example/m.git',
  ])('%s is taken', url => {
    expect(checkRemote({ url, branch: 'memory/main' })).toMatchObject({ ok: true })
  })

  test('S7.30: a secret in an address is refused and never repeated', async () => {
    const refused = await mirror(one, 'add', 'https://me:hunter2@git.example/x')
    expect(refused).toMatchObject({ exit: 2, stdout: '' })
    expect(refused.stderr).not.toContain('hunter2')
    expect(readdirSync(one).filter(name => name.includes('remote'))).toEqual([])
  })

  test('that was changed in our own file is checked anew', async () => {
    await joined(one)
    writeFileSync(join(one, 'remote.json'), '{"url":"ext::sh -c x","branch":"main"}', { mode: 0o600 })
    expect(await mirror(one, 'status')).toMatchObject({ exit: 2 })
  })
})

describe('push and pull', () => {
  test('bring a memory to another machine, byte for byte, and what is new back', async () => {
    await remember(one, 'alice')
    await joined(one, two)
    expect((await state(one)).relation).toBe('local_only')
    expect((await mirror(one, 'push')).stdout).toContain('has all of it')
    expect((await mirror(one, 'push')).stdout).toContain('already')
    expect((await state(two)).relation).toBe('remote_only')
    expect((await mirror(two, 'pull')).exit).toBe(0)
    expect(readFileSync(logOf(two))).toEqual(readFileSync(logOf(one)))
    await remember(two, 'bob')
    expect((await state(two)).relation).toBe('local_ahead')
    await mirror(two, 'push')
    expect(await state(one)).toMatchObject({ relation: 'remote_ahead', next: 'postern memory remote pull' })
    const early = await mirror(one, 'push')
    expect(early).toMatchObject({ exit: 5 })
    expect(early.stderr).toContain('postern memory remote pull')
    await mirror(one, 'pull')
    expect(readFileSync(logOf(one))).toEqual(readFileSync(logOf(two)))
    expect((await memory(one, ['verify'])).exit).toBe(0)
    expect((await memory(one, ['query', '(query :s @bob)'])).stdout).toContain('bob')
  })

  test('S7.28: what a push could not bring, the next one brings', async () => {
    await remember(one, 'alice')
    await joined(one)
    const moved = `${remote}.away`
    await mirror(one, 'push')
    await remember(one, 'bob')
    execFileSync('mv', [remote, moved])
    const failed = await mirror(one, 'push')
    expect(failed.exit).not.toBe(0)
    execFileSync('mv', [moved, remote])
    expect((await mirror(one, 'push')).stdout).toContain('has all of it')
    expect((await state(one)).relation).toBe('synced')
  })

  test('S7.27: a log that is damaged here is not pushed', async () => {
    await remember(one, 'alice')
    await joined(one)
    appendFileSync(logOf(one), Buffer.from([0x77, 1, 2, 3]))
    const before = execFileSync('git', ['--git-dir', remote, 'for-each-ref']).toString()
    expect(await mirror(one, 'push')).toMatchObject({ exit: 6 })
    expect(execFileSync('git', ['--git-dir', remote, 'for-each-ref']).toString()).toBe(before)
  })

  test('stopped between log and seal, the same pull goes on from there', async () => {
    await remember(one, 'alice')
    await joined(one, two)
    await mirror(one, 'push')
    await mirror(two, 'pull')
    for (const name of ['bob', 'carol', 'dave']) await remember(one, name)
    await mirror(one, 'push')
    writeFileSync(logOf(two), readFileSync(logOf(one)))
    expect((await mirror(two, 'pull')).exit).toBe(0)
    expect((await memory(two, ['verify', '--json'])).stdout).toContain('"unsealed_batches":0')
  })
})

describe('S7.25, S7.27: what somebody else put into the copy', () => {
  const path = 'workspaces/other/canonical.log'

  beforeEach(async () => {
    await remember(one, 'alice')
    await joined(one, two)
    await mirror(one, 'push')
    await mirror(two, 'pull')
  })

  const refusedBy = async (code: number) => {
    const before = readdirSync(two).map(name => [
      name,
      name.endsWith('.git') ? '' : readFileSync(join(two, name)).toString('hex'),
    ])
    for (const words of [['pull'], ['drill'], ['reconcile', '--yes']] as const) {
      expect(await mirror(two, ...words), words.join(' ')).toMatchObject({ exit: code, stdout: '' })
    }
    const after = readdirSync(two).map(name => [
      name,
      name.endsWith('.git') ? '' : readFileSync(join(two, name)).toString('hex'),
    ])
    expect(after).toEqual(before)
  }

  test('a link in place of the log is not followed', async () => {
    tampered(`M 120000 inline ${path}\ndata 11\n/etc/passwd\n`)
    await refusedBy(6)
  })

  test('a directory in place of the log is no log', async () => {
    tampered(`D ${path}\nM 100644 inline ${path}/x\ndata 1\nx\n`)
    await refusedBy(6)
  })

  test('a log with one changed byte is refused', async () => {
    const bytes = readFileSync(logOf(one))
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1
    const stream = Buffer.concat([
      Buffer.from(
        `commit refs/heads/main\ncommitter x <x@x> 0 +0000\ndata 1\nx\nfrom refs/heads/main^0\nM 100644 inline ${path}\ndata ${bytes.length}\n`,
      ),
      bytes,
      Buffer.from('\ndone\n'),
    ])
    execFileSync('git', ['--git-dir', remote, 'fast-import', '--quiet', '--done', '--force'], { input: stream })
    await refusedBy(6)
  })

  test('a log that ends in the middle of a batch is refused', async () => {
    const bytes = readFileSync(logOf(one))
    const stream = Buffer.concat([
      Buffer.from(
        `commit refs/heads/main\ncommitter x <x@x> 0 +0000\ndata 1\nx\nfrom refs/heads/main^0\nM 100644 inline ${path}\ndata ${bytes.length - 5}\n`,
      ),
      bytes.subarray(0, -5),
      Buffer.from('\ndone\n'),
    ])
    execFileSync('git', ['--git-dir', remote, 'fast-import', '--quiet', '--done', '--force'], { input: stream })
    await refusedBy(6)
  })

  test('S7.24: a hook of the repository here is not run', async () => {
    const hooks = join(two, 'mirror.git', 'hooks')
    mkdirSync(hooks, { recursive: true })
    const trace = join(two, 'ran')
    for (const name of ['pre-push', 'post-merge', 'reference-transaction', 'post-checkout']) {
      writeFileSync(join(hooks, name), `#!/bin/sh\ntouch ${trace}\n`, { mode: 0o755 })
    }
    await remember(two, 'bob')
    expect((await mirror(two, 'push')).exit).toBe(0)
    expect(existsSync(trace)).toBe(false)
  })
})

describe('two histories', () => {
  beforeEach(async () => {
    await remember(one, 'alice')
    await joined(one, two)
    await mirror(one, 'push')
    await mirror(two, 'pull')
    await remember(one, 'left')
    await remember(two, 'right')
    await mirror(one, 'push')
  })

  test('S7.26: are refused both ways, and no byte changes on either side', async () => {
    const before = readFileSync(logOf(two))
    for (const words of ['push', 'pull']) {
      const refused = await mirror(two, words)
      expect(refused).toMatchObject({ exit: 5, stdout: '' })
      expect(refused.stderr).toContain('postern memory remote reconcile')
    }
    expect(readFileSync(logOf(two))).toEqual(before)
  })

  test('are reconciled: the copy holds, what was here alone is proposed again, and nothing is lost', async () => {
    const mine = readFileSync(logOf(two))
    expect((await mirror(two, 'reconcile')).stdout).toContain('grew apart')
    expect(readFileSync(logOf(two))).toEqual(mine)
    const done = JSON.parse((await mirror(two, 'reconcile', '--yes', '--json')).stdout)
    expect(done).toMatchObject({ reconciled: true, episodes: 1, drafts: [expect.any(String)] })
    expect(readFileSync(done.kept)).toEqual(mine)
    expect(readFileSync(logOf(two))).toEqual(readFileSync(logOf(one)))
    await inProcess(['librarian', 'run', '--log', logOf(two)], { home })
    expect((await memory(two, ['query', '(query :s @right)'])).stdout).toContain('"right"')
    expect((await memory(two, ['query', '(query :s @left)'])).stdout).toContain('"left"')
    expect((await mirror(two, 'push')).exit).toBe(0)
    await mirror(one, 'pull')
    expect(readFileSync(logOf(one))).toEqual(readFileSync(logOf(two)))
    expect((await mirror(two, 'reconcile', '--yes')).stdout).toContain('nothing to reconcile')
  })
})

describe('S7.29: a drill', () => {
  test('restores aside and touches nothing, whether the copy is there, behind or unreachable', async () => {
    await remember(one, 'alice')
    await joined(one)
    const facts = () => readFileSync(logOf(one)).toString('hex')
    const before = facts()
    expect(await mirror(one, 'drill')).toMatchObject({ exit: 4 })
    await mirror(one, 'push')
    expect((await mirror(one, 'drill')).stdout).toMatch(/restored aside and verified: 1 memories/)
    await remember(one, 'bob')
    const late = await mirror(one, 'drill')
    expect(late.stderr).toMatch(/would be lost/)
    expect(facts().startsWith(before)).toBe(true)
    const whole = facts()
    rmSync(remote, { recursive: true })
    expect((await mirror(one, 'drill')).exit).not.toBe(0)
    expect(facts()).toBe(whole)
    expect(readdirSync(one).filter(name => name.startsWith('.mirror-'))).toEqual([])
  })
})

describe('without', () => {
  test('a remote, the way to name one is said', async () => {
    for (const words of [['status'], ['push'], ['pull'], ['drill'], ['reconcile'], ['remove']]) {
      const refused = await mirror(one, ...words)
      expect(refused).toMatchObject({ exit: 4 })
      expect(refused.stderr).toContain('postern memory remote add URL')
    }
  })

  test('Git, that is said', async () => {
    await joined(one)
    const bare = { home, env: { PATH: newDirectory('empty') } }
    const asked = await inProcess(['memory', 'remote', 'status', '--log', logOf(one)], bare)
    expect(asked.stderr).toMatch(/there is no Git here/)
  })

  test('a memory, nothing is pushed; removing forgets the remote and keeps the copy', async () => {
    await joined(one)
    expect(await mirror(one, 'push')).toMatchObject({ exit: 4 })
    expect(await mirror(one, 'remove')).toMatchObject({ exit: 0 })
    expect(existsSync(remote)).toBe(true)
    expect(existsSync(join(one, 'mirror.git'))).toBe(false)
  })
})

/** Many more: node scripts/mirror-rounds.ts --rounds 1000 */
test('two machines that take turns, killed in every other turn, lose nothing', async () => {
  let turns = 0
  const outcome = await mirrorRounds({
    directory: newDirectory('rounds'),
    rounds: 5,
    killAfterMs: () => (++turns % 2 === 0 ? 100 + Math.random() * 700 : undefined),
  })
  expect(outcome).toMatchObject({ turns: 10, faults: [] })
}, 300_000)
