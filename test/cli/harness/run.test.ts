import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { has } from '../../needs.ts'
import { newDirectory } from '../../postern.ts'
import { HarnessPlace } from './place.ts'

const main = resolve(import.meta.dirname, '../../../src/main.ts')
const canary = 'canary-7f3e-secret-value'
let place: HarnessPlace
beforeEach(() => {
  place = new HarnessPlace()
})

describe('what is refused', () => {
  test('a run without the name of an agent', () => {
    expect(place.run(['run'])).toMatchObject({ exit: 2, stderr: expect.stringContaining('needs the name of an agent') })
  })

  test('an unknown option of ours, before the agent', () => {
    expect(place.run(['run', '--frobnicate', 'sh'])).toMatchObject({ exit: 2 })
  })

  test('a directory that is in no repository, with what to do', () => {
    expect(place.run(['run', 'true'], { cwd: newDirectory('nowhere') })).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('--log PATH'),
    })
  })

  test('a program that is not there is 127, one that cannot be run 126', () => {
    expect(place.run(['run', 'no-such-agent']).exit).toBe(127)
    writeFileSync(join(place.repository, 'plain'), 'text')
    expect(place.run(['run', './plain']).exit).toBe(126)
    expect(place.sessionFiles()).toEqual([])
  })

  test('S7.12 a program that lies in the project is not found by its name, whatever the PATH says', () => {
    const path = join(place.repository, 'evil-agent')
    writeFileSync(path, '#!/bin/sh\necho evil\n')
    chmodSync(path, 0o755)
    const PATH = `.:${process.env.PATH ?? ''}`
    expect(place.run(['run', 'evil-agent'], { env: { PATH } })).toMatchObject({ exit: 127, stdout: '' })
  })

  test('a session in a session: an agent starts none', () => {
    place.agent('outer', 'postern run true')
    expect(place.run(['run', 'outer'])).toMatchObject({ exit: 5, stderr: expect.stringContaining('is for a person') })
  })

  test('S7.2 an argument that is not UTF-8: it would arrive as another one', () => {
    const script = `exec '${process.execPath}' '${main}' run true "$(printf '\\377')"`
    const { status, stderr } = spawnSync('sh', ['-c', script], { cwd: place.repository, env: place.env })
    expect({ status, said: stderr.toString().includes('not UTF-8') }).toEqual({ status: 2, said: true })
  })

  test('S7.5 a place for sessions that is a link or open to others', () => {
    mkdirSync(place.data, { recursive: true, mode: 0o700 })
    const elsewhere = newDirectory('elsewhere')
    chmodSync(elsewhere, 0o755)
    symlinkSync(elsewhere, place.sessions)
    expect(place.run(['run', 'true'])).toMatchObject({
      exit: 5,
      stderr: expect.stringContaining('open to other users'),
    })
  })
})

describe('the agent', () => {
  test('S7.1 gets every word behind its name as it is, ours and hostile ones included', () => {
    place.agent('stub', 'for word in "$@"; do printf "[%s]" "$word"; done')
    const words = ['--json', '--help', '-q', '', 'a b', "';$(id)`", '--', '-n', 'new\nline', '--as', 'x', '{guide}']
    expect(place.run(['run', 'stub', ...words])).toMatchObject({
      stdout: words.map(word => `[${word}]`).join(''),
      exit: 0,
    })
    expect(place.run(['run', '--', 'stub', '--version']).stdout).toBe('[--version]')
    expect(place.run(['run', '--chars', '2000', 'stub', '--version']).stdout).toBe('[--version]')
  })

  test('has stdin, stdout and stderr to itself, and its exit code is passed on', () => {
    place.agent('stub', 'cat; echo talk >&2; exit 41')
    const { stdout, stderr, exit } = place.run(['--quiet', 'run', 'stub'], { input: 'what was typed' })
    expect({ stdout, stderr, exit }).toEqual({ stdout: 'what was typed', stderr: 'talk\n', exit: 41 })
  })

  test('that is ended by a signal ends as a shell tells it', () => {
    place.agent('stub', 'kill -TERM $$')
    expect(place.run(['run', 'stub']).exit).toBe(128 + 15)
  })

  test('may flood its output, and leave children behind that hold it open', () => {
    place.agent('stub', 'head -c 20000000 /dev/zero; (sleep 30 >/dev/null 2>&1 &) ; exit 3')
    const { stdout, exit } = place.run(['run', 'stub'])
    expect({ bytes: stdout.length, exit }).toEqual({ bytes: 20_000_000, exit: 3 })
  })

  test('keeps the file mode mask and the NODE_ variables of the shell, which Postern gives up for itself', () => {
    place.agent('stub', 'umask; echo "$NODE_EXTRA_CA_CERTS"')
    const script = `umask 027; exec '${process.execPath}' '${main}' run stub`
    const { stdout } = spawnSync('sh', ['-c', script], {
      cwd: place.repository,
      env: { ...place.env, NODE_EXTRA_CA_CERTS: '/etc/ssl/own.pem' },
    })
    expect(stdout.toString()).toBe('0027\n/etc/ssl/own.pem\n')
  })

  test('S4.6 S9.7 has the variables of this session alone: no token, nothing of an outer session', () => {
    place.agent('stub', 'env | grep -i ^postern_ | sort')
    const outer = { POSTERN_SESSION_ID: 'outer', POSTERN_WORKSPACE: canary, POSTERN_GUIDE: canary }
    const { stdout } = place.run(['run', 'stub'], { env: outer })
    const names = stdout
      .trim()
      .split('\n')
      .map(line => line.split('=')[0])
    expect(names).toEqual([
      'POSTERN_AGENT',
      'POSTERN_CAPSULE',
      'POSTERN_CAPSULE_JSON',
      'POSTERN_GUIDE',
      'POSTERN_SESSION_DIR',
      'POSTERN_SESSION_ID',
    ])
    expect(stdout).not.toContain(canary)
  })

  test('S7.5 S10.3 has a directory of its own that nobody else can enter, under a name that nobody can guess', () => {
    place.agent('stub', 'stat -c "%a %n" "$POSTERN_SESSION_DIR" "$POSTERN_SESSION_DIR"/*')
    const script = `umask 0; exec '${process.execPath}' '${main}' run stub`
    const { stdout } = spawnSync('sh', ['-c', script], { cwd: place.repository, env: place.env, encoding: 'utf8' })
    const modes = stdout
      .trim()
      .split('\n')
      .map(line => [line.split(' ')[0], line.split('/').at(-1)])
    expect(modes[0]?.[1]).toMatch(/^[0-9a-f]{24}$/)
    expect(Object.fromEntries(modes.slice(1).map(([mode, name]) => [name, mode]))).toEqual({
      'capsule.json': '600',
      'capsule.md': '600',
      'guide.md': '600',
      notes: '700',
    })
    expect(modes[0]?.[0]).toBe('700')
  })

  test('S9.1 finds guide and capsule with the boundary in each', () => {
    place.run(['memory', 'init'])
    place.run(['memory', 'commit', '(sem @roof @budget "86,500 EUR" :src @profile :c 0.9 :v 2026-01-02)'])
    place.agent('stub', 'cat "$POSTERN_GUIDE" "$POSTERN_CAPSULE" "$POSTERN_CAPSULE_JSON"')
    const { stdout } = place.run(['run', 'stub'])
    expect(stdout.match(/data_only_never_execute/g)).toHaveLength(3)
    expect(stdout.match(/86,500 EUR/g)).toHaveLength(2)
  })

  test('is started as the settings say, with what they put before its arguments, and nothing otherwise', () => {
    const stub = place.agent('real-agent', 'for word in "$@"; do echo "$word"; done; cat "$3" | head -1')
    place.settings(`[agents.programs.claude]\ncommand = ["${stub}", "--safe", "--append-file", "{guide}"]\n`)
    const { stdout } = place.run(['run', 'claude', '--version'])
    expect(stdout).toMatch(
      /^--safe\n--append-file\n\/\S+\/sessions\/[0-9a-f]{24}\/guide\.md\n--version\n# Postern: memory for this session\n$/,
    )
    place.settings('')
    place.agent('claude', 'echo "$#"')
    expect(place.run(['run', 'claude']).stdout).toBe('0\n')
  })
})

describe('what it notes', () => {
  test('becomes drafts when it ends, and is not memory', () => {
    place.agent(
      'stub',
      'postern checkpoint --title "Why SQLite" "one file"; printf "piped" | postern checkpoint -; exit 9',
    )
    expect(place.run(['run', 'stub'])).toMatchObject({ exit: 9, stderr: expect.stringContaining('2 drafts proposed') })
    expect(
      place
        .drafts()
        .map(({ text }) => text)
        .sort(),
    ).toEqual(['# Why SQLite\n\none file\n', 'piped\n'])
    expect(place.run(['memory', 'status']).exit).toBe(4)
    expect(place.sessionFiles()).toEqual([])
  })

  test('is memory when the person wants the librarian to follow', () => {
    place.agent('stub', 'postern checkpoint "# Harbour\nbudget: 12 EUR"')
    expect(place.run(['run', '--after', 'librarian', 'stub']).exit).toBe(0)
    expect(place.run(['memory', 'recall', 'budget', 'of', 'the', 'harbour']).stdout).toContain('12 EUR')
  })

  test('S4.7 goes to the memory of this repository, whatever the agent writes into its directory', () => {
    const other = new HarnessPlace()
    place.agent(
      'stub',
      `postern checkpoint mine
       printf '{"log":"${other.data}/memory/x/canonical.log"}' > "$POSTERN_SESSION_DIR/session.json"
       cd '${other.repository}'; POSTERN_SESSION_ID=ffffffffffffffffffffffff postern checkpoint 'still mine'`,
    )
    place.run(['run', 'stub'])
    expect(place.drafts()).toHaveLength(2)
    expect(existsSync(other.data)).toBe(false)
  })

  test('S9.7 holds no secret when it is a draft, and neither do arguments or variables', () => {
    place.agent(
      'stub',
      `postern checkpoint 'token is ghp_${'a'.repeat(36)} and https://me:hunter22@example.org/x'
       printf -- '-----BEGIN PRIVATE KEY-----\\nMIIEv\\n-----END PRIVATE KEY-----\\nafter' | postern checkpoint -`,
    )
    const { stderr } = place.run(['run', 'stub', `--api-key=${canary}`], { env: { SOME_TOKEN: canary } })
    expect(stderr).toContain('3 secrets were taken out')
    const all = place
      .drafts()
      .map(({ line }) => line)
      .join('\n')
    expect(all).not.toMatch(/ghp_|hunter22|MIIEv/)
    expect(all).toContain('after')
    const kept = spawnSync('grep', ['-rl', canary, place.home]).stdout.toString()
    expect(kept).toBe('')
  })

  test('S10.1 S3.15 is not in the log of the program, whatever it says', () => {
    place.settings('[log]\nlevel = "debug"\n')
    place.agent('stub', `postern checkpoint --title '${canary}' '${canary}'`)
    expect(place.run(['run', '--query', canary, 'stub', canary]).exit).toBe(0)
    const logs = join(place.home, '.local', 'state', 'postern')
    expect(readFileSync(join(logs, 'postern.log'), 'utf8')).toContain('harness.captured')
    expect(spawnSync('grep', ['-rl', canary, logs]).stdout.toString()).toBe('')
  })

  test('S7.20 is text in plain files: links, pipes and what is no text are passed over with the reason', () => {
    writeFileSync(join(place.home, 'private.md'), canary)
    place.agent(
      'stub',
      `cd "$POSTERN_SESSION_DIR/notes"
       ln -s '${place.home}/private.md' link.md; mkfifo pipe.md; printf '\\377\\376' > binary.md; echo x > program.exe
       ln -s '${place.home}' directory.md; echo good > good.md; mkdir deep; echo deep > deep/note.txt`,
    )
    const { stderr, exit } = place.run(['run', 'stub'])
    expect(exit).toBe(0)
    for (const [name, reason] of [
      ['link.md', 'link'],
      ['directory.md', 'link'],
      ['pipe.md', 'not_a_file'],
      ['binary.md', 'not_text'],
      ['program.exe', 'not_text'],
    ]) {
      expect(stderr).toMatch(new RegExp(`${name} \\(${reason}\\)`))
    }
    expect(
      place
        .drafts()
        .map(({ text }) => text)
        .sort(),
    ).toEqual(['deep\n', 'good\n'])
  })

  test('S7.20 is nowhere but in the session: a link in the place of its directory is not followed', () => {
    mkdirSync(join(place.home, 'notes'))
    writeFileSync(join(place.home, 'notes', 'private.md'), canary)
    place.agent('stub', `rm -r "$POSTERN_SESSION_DIR"; ln -s '${place.home}' "$POSTERN_SESSION_DIR"`)
    expect(place.run(['run', 'stub'])).toMatchObject({ exit: 0, stderr: expect.stringContaining('(missing)') })
    expect(place.drafts()).toEqual([])
    expect(readFileSync(join(place.home, 'notes', 'private.md'), 'utf8')).toBe(canary)
    expect(place.sessionFiles()).toEqual([])
  })

  test('is lost with the directory when the agent deletes it, and that is said', () => {
    place.agent('stub', 'postern checkpoint x; rm -r "$POSTERN_SESSION_DIR"; postern checkpoint y')
    const { stderr, exit } = place.run(['run', 'stub'])
    expect(exit).toBe(4)
    expect(stderr).toContain('no session of postern run')
    expect(stderr).toContain('(missing)')
  })

  test('stays where it is when it is no draft, for a person to look at', () => {
    place.agent('stub', 'head -c 1100000 /dev/zero | tr "\\0" x > "$POSTERN_SESSION_DIR/notes/large.md"')
    const { stderr } = place.run(['run', 'stub'])
    const path = /not taken in: (\S+large\.md) \(too_large\)/.exec(stderr)?.[1] ?? ''
    expect(statSync(path).size).toBe(1_100_000)
    expect(place.run(['run', '--recover']).stderr).toBe('')
  })

  test('S7.19 cannot forge lines of ours by the name of its file', () => {
    place.agent(
      'stub',
      'cd "$POSTERN_SESSION_DIR/notes"; echo good > "$(printf "a\\nb\\033[31m\\342\\200\\256.md")"; ln -s x "$(printf "c\\nforged.md")"',
    )
    const { stderr } = place.run(['run', 'stub'])
    expect(stderr).toContain('c forged.md (link)')
    expect(place.drafts()).toMatchObject([{ text: 'good\n', line: expect.stringContaining('/ab[31m.md') }])
  })

  test("comes from its own memory too where the settings name it, once, as that agent's", () => {
    mkdirSync(join(place.home, 'claude-memory'))
    writeFileSync(join(place.home, 'claude-memory', 'a.md'), 'remembered by claude')
    place.settings('[agents.programs.claude]\nmemory = ["~/claude-memory", "~/not-there"]\n')
    place.agent('claude', 'true')
    expect(place.run(['run', 'claude']).stderr).toMatch(/not-there \(missing\)[\s\S]*1 draft proposed/)
    expect(place.run(['run', 'claude']).stderr).toContain('0 drafts proposed, 1 known before')
    expect(place.drafts()).toMatchObject([{ surface: 'claude_memory', text: 'remembered by claude' }])
    place.agent('other', 'true')
    expect(place.run(['run', 'other']).stderr).not.toContain('drafts')
  })
})

describe('a session that died', () => {
  test('is taken in by the next run, once', async () => {
    place.agent('stub', 'postern checkpoint "before the crash"; echo ready; sleep 60')
    const child = spawn(process.execPath, [main, 'run', 'stub'], {
      cwd: place.repository,
      env: place.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    for await (const chunk of child.stdout) if (String(chunk).includes('ready')) break
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    expect(place.sessionFiles().length).toBeGreaterThan(0)
    expect(place.run(['run', '--recover', '--json']).stdout).toBe('{"sessions":1,"proposed":1,"failed":0,"broken":0}\n')
    expect(place.run(['run', '--recover', '--json']).stdout).toBe('{"sessions":0,"proposed":0,"failed":0,"broken":0}\n')
    expect(place.drafts().map(({ text }) => text)).toEqual(['before the crash\n'])
    expect(place.sessionFiles()).toEqual([])
  })

  test('is left alone while its agent lives, though we are gone', async () => {
    place.agent('stub', 'postern checkpoint "kept"; echo "pid $$"; while :; do sleep 1; done')
    const child = spawn(process.execPath, [main, 'run', 'stub'], {
      cwd: place.repository,
      env: place.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let text = ''
    for await (const chunk of child.stdout) {
      text += String(chunk)
      if (text.includes('pid')) break
    }
    const agent = Number(/pid (\d+)/.exec(text)?.[1])
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    expect(place.run(['run', '--recover', '--json']).stdout).toContain('"sessions":0')
    process.kill(agent, 'SIGKILL')
    expect(place.run(['run', 'true']).stderr).toContain('1 draft proposed')
  })

  test('whenever it is killed, what was acknowledged is a draft, and a draft once', async () => {
    place.agent(
      'stub',
      'i=0; while :; do i=$((i+1)); postern checkpoint "note $i." >/dev/null && echo "kept $i."; done',
    )
    for (const afterNotes of [1, 2, 3, 4]) {
      const child = spawn(process.execPath, [main, 'run', 'stub'], {
        cwd: place.repository,
        env: place.env,
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      let told = ''
      for await (const chunk of child.stdout) {
        told += String(chunk)
        if (told.includes(`kept ${afterNotes}.`)) break
      }
      process.kill(-(child.pid ?? 0), 'SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      const before = place.drafts().length
      const both = [0, 1].map(() =>
        spawn(process.execPath, [main, 'run', '--recover'], { cwd: place.repository, env: place.env, stdio: 'ignore' }),
      )
      await Promise.all(both.map(each => once(each, 'exit')))
      const texts = place.drafts().map(({ text }) => text)
      const added = texts.length - before
      expect(added).toBeGreaterThanOrEqual(told.match(/kept/g)?.length ?? 0)
      expect(added).toBeLessThanOrEqual(afterNotes + 2)
      expect(place.sessionFiles()).toEqual([])
    }
  }, 120_000)

  test('whose drafts cannot be written is kept for the next time, and its end is its own', () => {
    const drafts = join(place.data, 'broken.drafts')
    const log = join(place.data, 'broken')
    place.agent('stub', `postern checkpoint kept; mv '${drafts}' '${drafts}.aside'; echo > '${drafts}'; exit 23`)
    mkdirSync(place.data, { recursive: true, mode: 0o700 })
    const { stderr, exit } = place.run(['run', '--log', log, 'stub'])
    expect(exit).toBe(23)
    expect(stderr).toContain('not taken in yet')
    expect(stderr).toContain('try: postern run --recover')
    expect(place.run(['run', '--recover'])).toMatchObject({
      exit: 1,
      stdout: '0 sessions taken in, 0 drafts proposed\n',
    })
    spawnSync('mv', ['-f', `${drafts}.aside`, `${drafts}.whole`])
    spawnSync('rm', [drafts])
    spawnSync('mv', [`${drafts}.whole`, drafts])
    expect(place.run(['run', '--recover'])).toMatchObject({ exit: 0, stdout: '1 session taken in, 1 draft proposed\n' })
  })

  test('is found by the doctor, who names the command that helps', () => {
    mkdirSync(place.sessions, { recursive: true, mode: 0o700 })
    writeFileSync(join(place.sessions, `${'0'.repeat(24)}.json`), '{', { mode: 0o600 })
    const ended = {
      schema_version: 1,
      id: '1'.repeat(24),
      agent: 'stub',
      surface: 'agent_export',
      project: null,
      log: join(place.data, 'log'),
      memory: [],
      started_at_unix_ms: 1,
      pid: 2 ** 30,
    }
    writeFileSync(join(place.sessions, `${ended.id}.json`), JSON.stringify(ended), { mode: 0o600 })
    const { stdout } = place.run(['doctor'])
    expect(stdout).toContain('postern run --recover')
    expect(stdout).toContain('is not the record of a session')
  })

  test('with a record that nobody can read is told, and stops nothing', () => {
    mkdirSync(place.sessions, { recursive: true, mode: 0o700 })
    writeFileSync(join(place.sessions, `${'0'.repeat(24)}.json`), '{"id":', { mode: 0o600 })
    expect(place.run(['run', 'true'])).toMatchObject({ exit: 0, stderr: expect.stringContaining('not the record') })
    expect(place.run(['run', '--recover']).exit).toBe(1)
  })
})

describe('signals', () => {
  const started = async (script: string) => {
    place.agent('stub', script)
    const child = spawn(process.execPath, [main, 'run', 'stub'], {
      cwd: place.repository,
      env: place.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    for await (const chunk of child.stdout) if (String(chunk).includes('ready')) break
    return child
  }
  const ended = async (child: Awaited<ReturnType<typeof started>>) => {
    if (child.exitCode === null) await once(child, 'exit')
    return child.exitCode
  }

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR1'] as const)(
    '%s reaches the agent, and its notes are kept',
    async signal => {
      const child = await started(
        `trap 'postern checkpoint "on the way out"; exit 33' ${signal.slice(3)}; echo ready; while :; do sleep 0.1; done`,
      )
      child.kill(signal)
      expect(await ended(child)).toBe(33)
      expect(place.drafts().map(({ text }) => text)).toEqual(['on the way out\n'])
    },
  )

  test('an agent that ignores SIGINT is waited for', async () => {
    const child = await started('trap "" INT; echo ready; sleep 1; postern checkpoint done; exit 5')
    child.kill('SIGINT')
    expect(await ended(child)).toBe(5)
    expect(place.drafts()).toHaveLength(1)
  })
})

describe.skipIf(!has('script'))('at a terminal', () => {
  /** Types when the agent has said `ready`. */
  const atTerminal = async (command: string, keys: string) => {
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: place.repository, env: place.env })
    let text = ''
    child.stdout.on('data', chunk => {
      const before = text.includes('ready')
      text += String(chunk)
      if (!before && text.includes('ready')) child.stdin.write(keys)
    })
    const [status] = await once(child, 'close')
    return { text, status }
  }
  const run = `'${process.execPath}' '${main}' --quiet run`

  test('keys reach the agent as they are typed, raw ones too', async () => {
    place.agent(
      'stub',
      `process.stdin.setRawMode(true)
       process.stdout.write('tty ' + process.stdin.isTTY + ' ' + process.stdout.isTTY + ' ready\\n')
       let got = Buffer.alloc(0)
       process.stdin.on('data', chunk => {
         got = Buffer.concat([got, chunk])
         if (got.includes(0x71)) { console.log(got.toString('hex')); process.exit(12) }
       })`,
      `#!${process.execPath}`,
    )
    const { text, status } = await atTerminal(`${run} stub`, '\u0003\u001b[A\u001a\tä\rq')
    expect(text).toContain('tty true true')
    expect(text).toContain('031b5b411a09c3a40d71')
    expect(status).toBe(12)
  })

  test('Ctrl-C reaches the agent once, and what it noted is kept', async () => {
    place.agent(
      'stub',
      `n=0
       trap 'n=$((n+1)); postern checkpoint "interrupted $n"; exit 130' INT
       echo ready; while :; do sleep 0.1; done`,
    )
    expect((await atTerminal(`${run} stub`, '\u0003')).status).toBe(130)
    expect(place.drafts().map(({ text }) => text)).toEqual(['interrupted 1\n'])
  })
})
