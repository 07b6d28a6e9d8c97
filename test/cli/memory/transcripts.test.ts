import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { newDirectory } from '../../postern.ts'
import { inProcess } from './in-process.ts'
import { LogPlace, story } from './memory.ts'

describe('without a log', () => {
  test.each([
    [['verify']],
    [['decode']],
    [['log']],
    [['symbols']],
    [['episodes']],
    [['status']],
    [['repair']],
    [['repair', '--yes']],
    [['query', '(query)']],
    [['commit', '(sem @a p 1 :src @observation :c 1 :v 2024-01-01)']],
  ])('%s says so and creates nothing', async words => {
    const place = new LogPlace()
    expect(await place.run(words)).toMatchObject({
      stdout: '',
      stderr: `postern: there is no memory log at ${place.path}\n  try: postern memory init --log ${place.path}\n`,
      exit: 4,
    })
    expect(readdirSync(place.directory)).toEqual([])
  })

  test('outside of a repository nothing says which workspace is meant', async () => {
    const { stdout, stderr, exit } = await inProcess(['memory', 'status'], { cwd: newDirectory('nowhere') })
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 4 })
    expect(stderr).toContain('without finding .git')
    expect(stderr).toContain('--log PATH')
  })
})

describe('init', () => {
  test('makes a log that only its owner can read, once', async () => {
    const place = new LogPlace()
    expect(await place.run(['init'])).toMatchObject({ stdout: `${place.path} is ready\n`, stderr: '', exit: 0 })
    expect(readFileSync(place.path).toString('hex')).toBe('4d494d5201000000')
    expect(statSync(place.path).mode & 0o777).toBe(0o600)
    expect(await place.run(['init'])).toMatchObject({ stdout: `${place.path} was there already\n`, exit: 0 })
    expect((await place.run(['init', '--json'])).stdout).toBe(`{"log":"${place.path}","created":false}\n`)
  })

  test('in a repository makes that of its workspace, below the data directory', async () => {
    const home = newDirectory('home')
    const repository = newDirectory('repository')
    mkdirSync(join(repository, '.git'))
    mkdirSync(join(repository, 'deep', 'down'), { recursive: true })
    writeFileSync(join(repository, '.git', 'config'), '[remote "origin"]\n  url = https://github.com/Example/Mimir\n')
    const id = '3b84d45726d100a1a8ac97db7ecd87e0b33459bbb5d6f64a0252190f9fde3d06'
    const path = join(home, '.local', 'share', 'postern', 'memory', id, 'canonical.log')
    expect((await inProcess(['memory', 'status'], { cwd: repository, home })).exit).toBe(4)
    expect(existsSync(join(home, '.local', 'share'))).toBe(false)
    const made = await inProcess(['memory', 'init'], { cwd: join(repository, 'deep', 'down'), home })
    expect(made).toMatchObject({ stdout: `${path} is ready\n`, stderr: '', exit: 0 })
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
    expect((await inProcess(['memory', 'status'], { cwd: repository, home })).stdout).toContain(path)
  })
})

describe('commit', () => {
  const fact = '(sem @alice email "a@example.org" :src @profile :c 0.9 :v 2024-01-15)'
  const place = new LogPlace()
  beforeAll(async () => {
    await place.run(['init'])
  })

  test.each([
    ['no memory language', '(sem', 'Pipeline.Parse.UnexpectedEof'],
    ['a bad escape', '(sem @a p "\\q"', 'Pipeline.Parse.Lex.InvalidEscape'],
    ['a symbol that is not there', '(rename @nobody @somebody)', 'Pipeline.Bind.UnknownSymbol'],
    [
      'more certainty than the source has',
      fact.replace('0.9', '0.99'),
      'Pipeline.Semantic.ConfidenceExceedsSourceBound',
    ],
    ['the future', fact.replace('2024', '2924'), 'Pipeline.Semantic.FutureValidity'],
    ['what is not stored', '(promote @a)', 'Pipeline.Emit.Unsupported'],
    ['a name of the log', '(pin @__mem_7 :actor @a)', 'Pipeline.Bind.ReservedName'],
  ])('refuses %s with the name of the reason, and writes nothing', async (_what, text, err) => {
    const { stdout, exit } = await place.run(['commit', text, '--json'])
    expect(exit).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'batch_refused', data: { err } } })
    expect(statSync(place.path).size).toBe(8)
  })

  test('says where', async () => {
    expect(JSON.parse((await place.run(['commit', '(sem @a\n  p $)', '--json'])).stdout).error.data).toEqual({
      err: 'Pipeline.Parse.Lex.UnexpectedByte',
      position: { offset: 12, line: 2, column: 5 },
    })
    expect((await place.run(['commit', '(sem @a\n  p $)'])).stderr).toBe(
      'postern: pipeline error: parse error: lex error: unexpected byte 0x24 at Position { offset: 12, line: 2, column: 5 }\n' +
        '    p $)\n      ^\n  try: postern help memory commit\n',
    )
    expect(await place.run(['commit', fact.replace('0.9', '0.99')])).toMatchObject({
      stderr:
        'postern: pipeline error: semantic error: confidence 0.9900 exceeds Profile bound 0.9500\n' +
        '  try: postern help memory commit\n',
    })
  })

  test('refuses what is not UTF-8, a file that is not there, and a terminal without text', async () => {
    expect(await place.run(['commit', '-'], { input: Uint8Array.of(0x28, 0xff) })).toMatchObject({ exit: 2 })
    expect(await place.run(['commit', join(place.directory, 'none.mem')])).toMatchObject({ exit: 4 })
  })

  test('takes the text as an argument, a file or standard input', async () => {
    const file = join(newDirectory('batch'), 'batch.mem')
    writeFileSync(file, fact.replace('2024', '2025'))
    expect(await place.run(['commit', fact])).toMatchObject({
      stdout: 'committed @__ep_0: 1 memory, 0 edges; the log has 163 bytes\n',
      stderr: '',
      exit: 0,
    })
    expect((await place.run(['commit', file])).stdout).toMatch(/^committed @__ep_1: 1 memory, 1 edge; /)
    expect((await place.run(['commit'], { input: '' })).stdout).toMatch(/^committed @__ep_2: 0 memories, 0 edges; /)
    expect(JSON.parse((await place.run(['commit', '-', '--json'], { input: '; nothing' })).stdout)).toMatchObject({
      ok: true,
      episode: { name: '__ep_3' },
      memories: 0,
      committed_at: expect.any(Number),
      log_len: statSync(place.path).size - 8,
    })
  })

  test('of a decoded log is for an empty one', async () => {
    expect(await place.run(['commit', '-'], { input: story })).toMatchObject({ stdout: '', exit: 2 })
  })

  test('of a decoded log stops at the first batch that does not fit, and names it', async () => {
    const other = new LogPlace()
    await other.run(['init'])
    const broken = '; postern memory history 1\n; batch 5\n(pin @m :actor @a)\n; batch 7\n(pin @m)\n; batch 8\n'
    const { stdout, stderr, exit } = await other.run(['commit', '-'], { input: broken })
    expect({ stdout, exit }).toEqual({
      stdout: 'committed @__ep_0: 0 memories, 0 edges; the log has 71 bytes\n',
      exit: 2,
    })
    expect(stderr).toContain('in the batch of 7: pipeline error: parse error: missing required keyword "actor"')
  })
})

describe('a log with a little of everything', () => {
  const place = new LogPlace()
  beforeAll(async () => {
    await place.filled()
  })
  const shown = (...words: readonly string[]) => place.run(words)

  test('is asked what is true', async () => {
    expect(await shown('query', '(query :s @alice :p @email)')).toMatchObject({
      stdout: '(sem @alice_v2 @email @new_addr :src @profile :c 0.89999 :v 2024-03-01T00:00:00.250Z)\n',
      stderr: '',
      exit: 0,
    })
  })

  test('is asked what held then, and why something is left out', async () => {
    expect(await shown('query', '(query :kind sem :as_of 2024-02-01 :debug_mode true)')).toMatchObject({
      stdout:
        '(sem @alice_v2 @email "alice@example.com" :src @profile :c 0.95000 :v 2024-01-15T00:00:00Z)  ; historical\n',
      exit: 0,
    })
  })

  test('is asked for what nobody said', async () => {
    expect(await shown('query', '(query :s @nobody)')).toMatchObject({
      stdout: '',
      stderr: 'nothing is known\n',
      exit: 0,
    })
  })

  test('answers programs with everything', async () => {
    const answer = JSON.parse((await shown('query', '(query :kind inf :show_framing true)', '--json')).stdout)
    expect(answer).toEqual({
      schema_version: 1,
      revoked_left_out: 0,
      records: [
        {
          type: 'inf',
          memory: { id: 23, name: '__mem_4' },
          s: { id: 0, name: 'alice_v2' },
          p: { id: 21, name: 'reachable_at' },
          o: { type: 'symbol', id: 5, name: 'new_addr' },
          parents: [
            { id: 3, name: '__mem_0' },
            { id: 6, name: '__mem_1' },
          ],
          method: { id: 22, name: 'citation_link' },
          confidence: 39321,
          valid_at: 1709337600000,
          observed_at: 1713350404000,
          committed_at: 1713350404000,
          invalid_at: null,
          projected: false,
          stale: true,
          form: '(inf @alice_v2 @reachable_at @new_addr (@__mem_0 @__mem_1) @citation_link :c 0.60000 :v 2024-03-02T00:00:00Z)',
        },
      ],
      framings: ['advisory'],
      filtered: [],
      flags: 0,
      flag_names: [],
      as_of: 1713350405000,
      as_committed: 1713350405000,
      query_committed_at: 1713350405000,
    })
  })

  test('refuses a question that is none', async () => {
    for (const [text, err] of [
      ['(query :kind pro :s @alice)', 'IncompatiblePredicates'],
      ['(query) (query)', 'NotASingleQuery'],
      ['(retire @alice)', 'NotAQuery'],
      ['(query', 'Parse.UnexpectedEof'],
    ]) {
      const { stdout, exit } = await shown('query', text ?? '', '--json')
      expect({ exit, err: JSON.parse(stdout).error.data.err }).toEqual({ exit: 2, err })
    }
  })

  test('is sound', async () => {
    expect(await shown('verify')).toMatchObject({
      stdout:
        'records           47\ncheckpoints       6\nmemories          6\nsymbol events     31\ntail              clean\n' +
        'dangling symbols  0\nseal              6 entries\nreplay            fits\nsnapshot          none\n',
      stderr: '',
      exit: 0,
    })
    expect(JSON.parse((await shown('verify', '--json')).stdout)).toMatchObject({
      ok: true,
      records: 47,
      checkpoints: 6,
      memories: 6,
      symbol_events: 31,
      dangling: 0,
      tail: 'Clean',
      seal: { state: 'sealed', entries: 6 },
      findings: [],
    })
  })

  test('is decoded to the text from which it came', async () => {
    expect(await shown('decode')).toMatchObject({ stdout: story, stderr: '', exit: 0 })
  })

  test('is written again, byte for byte', async () => {
    const copy = new LogPlace()
    await copy.run(['init'])
    expect((await copy.run(['commit', '-'], { input: (await shown('decode')).stdout })).exit).toBe(0)
    expect(readFileSync(copy.path).equals(readFileSync(place.path))).toBe(true)
  })

  test('shows its memories with the names of today', async () => {
    expect((await shown('decode', '--memories')).stdout.split('\n')).toEqual([
      '(sem @alice_v2 @email "alice@example.com" :src @profile :c 0.95000 :v 2024-01-15T00:00:00Z)',
      '(sem @alice_v2 @email @new_addr :src @profile :c 0.89999 :v 2024-03-01T00:00:00.250Z)',
      '(epi @evt_001 @rename (@old @new) @github :at 2024-01-15T10:00:00Z :obs 2024-01-15T10:00:05.250Z :src @observation :c 1.00000)',
      '(pro @rule_1 "agent_write" "route" :pre "critical" :scp @mimir :src @policy :c 1.00000)',
      '(inf @alice_v2 @reachable_at @new_addr (@__mem_0 @__mem_1) @citation_link :c 0.60000 :v 2024-03-02T00:00:00Z)',
      '(sem @alice_v2 @likes @handbook:Document :src @observation :c 0.50001 :v 2030-01-01T00:00:00Z :projected true)',
      '',
    ])
  })

  test('lists its records without values', async () => {
    const { stdout, exit } = await shown('log')
    expect(exit).toBe(0)
    expect(stdout).not.toContain('alice@example.com')
    expect(stdout.split('\n').slice(0, 7)).toEqual([
      '        0  symbol_alloc         #4 __ep_0  Memory',
      '       19  symbol_alloc         #0 alice  Agent',
      '       37  symbol_alloc         #1 email  Predicate',
      '       55  symbol_alloc         #2 profile  Agent',
      '       75  symbol_alloc         #3 __mem_0  Memory',
      '       95  sem                  #3 __mem_0  #0 alice  #1 email  2024-01-15T00:00:00Z',
      '      155  checkpoint           #4 __ep_0  2024-04-17T10:40:00Z  1 memory',
    ])
    const first = JSON.parse((await shown('log', '--json')).stdout.split('\n')[5] ?? '')
    expect(first).toMatchObject({ offset: 95, type: 'sem', o: { type: 'string', value: 'alice@example.com' } })
  })

  test('lists symbols, also retired and renamed ones', async () => {
    const { stdout } = await shown('symbols')
    expect(stdout).toContain(' #0  alice_v2       Agent                     alice\n')
    expect(stdout).toContain('#10  old            Agent            retired\n')
    expect(JSON.parse((await shown('symbols', '--json')).stdout).items).toContainEqual({
      id: 0,
      name: 'alice_v2',
      kind: 'Agent',
      retired: false,
      aliases: ['alice'],
    })
  })

  test('lists episodes', async () => {
    expect((await shown('episodes')).stdout.split('\n')).toEqual([
      '__ep_0   2024-04-17T10:40:00Z         1',
      '__ep_1   2024-04-17T10:40:01Z         1                    she moved',
      '__ep_2   2024-04-17T10:40:02Z         1',
      '__ep_3   2024-04-17T10:40:03Z         1',
      '__ep_4   2024-04-17T10:40:04Z         1',
      '__ep_5   2024-04-17T10:40:05Z         1  __ep_1  __ep_0',
      '',
    ])
  })

  test('says how it stands', async () => {
    expect((await shown('status')).stdout).toBe(
      `log          ${place.path}\nbytes        1050\nmemories     6\nepisodes     6\nsymbols      29\n` +
        'last commit  2024-04-17T10:40:05Z\nseal         fits\nlock         free\n',
    )
    expect(JSON.parse((await shown('status', '--json')).stdout)).toMatchObject({
      memories: 6,
      seal: 'sealed',
      lock: null,
    })
  })

  test('needs no repair', async () => {
    expect(await shown('repair', '--yes')).toMatchObject({ stdout: 'nothing is damaged\n', stderr: '', exit: 0 })
  })

  test('has nothing in the program’s log but ids and figures', async () => {
    const log = readFileSync(join(place.home, '.local', 'state', 'postern', 'postern.log'), 'utf8')
    expect(log).toContain('"event":"postern.commit.batch"')
    for (const word of ['alice', 'email', 'moved', 'route', 'critical', place.directory])
      expect(log).not.toContain(word)
  })
})

describe('text that could steer a terminal', () => {
  test('leaves decode and query exactly as it is, for a program', async () => {
    const place = new LogPlace()
    await place.run(['init'])
    const text = '(sem @a @p "\u001b[31m\u202e\u0000\u009b" :src @observation :c 0.50001 :v 2024-01-01T00:00:00Z)'
    expect((await place.run(['commit', '-'], { input: text })).exit).toBe(0)
    expect((await place.run(['decode', '--memories'])).stdout).toBe(`${text}\n`)
    expect((await place.run(['query', '(query)'])).stdout).toBe(`${text}\n`)
  })
})
