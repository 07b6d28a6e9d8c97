import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, inject, test } from 'vitest'
import { quickWords } from '#cli/quick.ts'
import { bundle } from '../../scripts/package/bundle.ts'
import { sbomFaults } from '../../scripts/sbom/validate.ts'
import { has } from '../needs.ts'
import { newDirectory, postern, type RunOptions } from '../postern.ts'

const executable = inject('executable')
const packaged = (args: readonly string[], options: RunOptions = {}) =>
  postern(args, { ...options, program: [executable] })

describe('the executable', () => {
  test('knows what it is', () => {
    const { stdout, stderr, exit } = packaged(['version', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      version: JSON.parse(readFileSync('package.json', 'utf8')).version,
      commit: expect.stringMatching(/^([0-9a-f]{40}(-changed)?|unknown)$/),
      node: process.versions.node,
      sqlite: process.versions.sqlite,
      platform: `${process.platform}-${process.arch}`,
      bundle_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(stderr).toBe('')
    expect(exit).toBe(0)
  })

  test.each([
    [[]],
    [['version']],
    [['help']],
    [['config', 'show']],
    [['completions', 'bash']],
    [['man']],
    [['self', 'verify']],
    [['sbom']],
    [['licenses']],
  ])('says nothing on stderr when nothing is wrong: %s', args => {
    expect(packaged(args)).toMatchObject({ stderr: '', exit: 0 })
  })

  test('ends quietly when its reader has gone', () => {
    const { stdout, stderr, status } = spawnSync('bash', ['-c', 'set -o pipefail; "$0" man | head -c1', executable], {
      encoding: 'utf8',
    })
    expect({ stdout, stderr, status }).toEqual({ stdout: '.', stderr: '', status: 0 })
  })

  test('is not stopped by a closed stdout, stdin or stderr', () => {
    for (const redirection of ['<&-', '2>&-', '>&-']) {
      expect(spawnSync('sh', ['-c', `"$0" version ${redirection}`, executable]).signal, redirection).toBeNull()
    }
  })

  test('shows a fault with the lines of the source, not of the bundle', () => {
    // A working directory that has gone is a fault that the program does not expect.
    const gone = newDirectory('gone')
    const script = 'cd "$1" && rmdir "$1" && exec "$0" version'
    const { stderr, status } = spawnSync('sh', ['-c', script, executable, gone], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/at .*src\/cli\/run\.ts:\d+:\d+/)
    expect(stderr).not.toMatch(/main\.cjs:\d+/)
  })
})

describe('what the executable runs cannot be changed from outside:', () => {
  const evil = join(newDirectory('evil'), 'evil.cjs')
  writeFileSync(evil, "require('node:fs').writeSync(2, 'EVIL')\nrequire('node:fs').writeSync(1, 'EVIL')\n")

  test.each([
    ['NODE_OPTIONS', `--require=${evil}`],
    ['NODE_OPTIONS', '--inspect=127.0.0.1:0'],
    ['NODE_OPTIONS', '--allow-addons'],
    ['NODE_OPTIONS', '--no-such-option'],
    ['NODE_EXTRA_CA_CERTS', '/nowhere.pem'],
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
    ['NODE_ICU_DATA', '/nowhere'],
    ['NODE_PENDING_DEPRECATION', '1'],
    ['NODE_UNIQUE_ID', '1'],
    ['NODE_TEST_CONTEXT', 'child-v8'],
  ])('%s=%s', (name, value) => {
    const plain = packaged(['self', 'verify', '--json'])
    expect(packaged(['self', 'verify', '--json'], { env: { [name]: value } })).toEqual(plain)
  })

  test.each([
    ['NODE_CHANNEL_FD', '7'],
    ['NODE_REPL_EXTERNAL_MODULE', evil],
  ])('%s=%s stops the start, no more', (name, value) => {
    const { stdout, stderr, exit } = packaged(['version'], { env: { [name]: value } })
    expect(stdout + stderr).not.toContain('EVIL')
    expect(exit).not.toBe(0)
  })

  test('NODE_OPTIONS would change what Node itself runs', () => {
    const node = postern([], { program: [process.execPath, '-e', '0'], env: { NODE_OPTIONS: `--require=${evil}` } })
    expect(node.stdout).toBe('EVIL')
  })

  test.each(['NODE_V8_COVERAGE', 'NODE_COMPILE_CACHE', 'NODE_REDIRECT_WARNINGS'])('%s writes no file', name => {
    const directory = newDirectory('written')
    packaged(['self', 'verify'], { env: { [name]: join(directory, 'x') } })
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    expect(files).toEqual([])
  })

  test('OPENSSL_CONF loads no module, though it stops Node itself', () => {
    const conf = join(dirname(evil), 'openssl.cnf')
    writeFileSync(
      conf,
      'nodejs_conf = a\nopenssl_conf = a\nconfig_diagnostics = 1\n[a]\nproviders = b\n[b]\nx = c\n[c]\nmodule = /nowhere.so\nactivate = 1\n',
    )
    expect(packaged(['self', 'verify'], { env: { OPENSSL_CONF: conf } })).toMatchObject({ stderr: '', exit: 0 })
    const node = postern([], {
      program: [process.execPath, '-e', "require('crypto').randomBytes(1)"],
      env: { OPENSSL_CONF: conf },
    })
    expect(node.exit).not.toBe(0)
  })

  test('modules beside the executable and in NODE_PATH are not loaded', () => {
    const directory = newDirectory('planted')
    const copy = join(directory, 'postern')
    copyFileSync(executable, copy)
    for (const name of ['valibot', 'smol-toml', 'fs', 'main.cjs']) {
      mkdirSync(join(directory, 'node_modules', name), { recursive: true })
      copyFileSync(evil, join(directory, 'node_modules', name, 'index.js'))
    }
    const env = { NODE_PATH: join(directory, 'node_modules') }
    const ran = postern(['config', 'check'], { program: [copy], cwd: directory, env })
    expect(ran.stdout + ran.stderr).not.toContain('EVIL')
    expect(ran.exit).toBe(0)
  })

  test("Node's own options are not understood on the command line", () => {
    for (const option of ['--inspect', '--require=x', '--eval=1', '-e', '--import=x', '--no-permission']) {
      expect(packaged([option, 'version'])).toMatchObject({ stdout: '', exit: 2 })
    }
  })

  test('SIGUSR1 opens no inspector', async () => {
    const child = spawn(executable, ['self', 'verify'], { env: {}, stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', chunk => {
      stderr += String(chunk)
    })
    child.once('spawn', () => child.kill('SIGUSR1'))
    const signal = await new Promise(resolve => child.once('exit', (_code, by) => resolve(by)))
    expect(stderr).not.toContain('Debugger')
    expect(signal === 'SIGUSR1' || signal === null).toBe(true)
  })

  test('NODE_DEBUG, which would print what passes through connections, is refused', () => {
    const { stderr, stdout, exit } = packaged(['version'], { env: { NODE_DEBUG: 'tls' } })
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 5 })
    expect(stderr).toContain('refusing to run with NODE_DEBUG')
  })
})

describe('self verify names what differs', () => {
  interface Part {
    readonly offset: number
    readonly length: number
  }
  const manifest: { node: object; blob: Part; manifest: Part; parts: Record<string, Part> } = (() => {
    const bytes = readFileSync(executable)
    const at = bytes.indexOf('{"format":1,"target":')
    return JSON.parse(bytes.subarray(at, bytes.indexOf('}}}', at) + 3).toString())
  })()

  function damaged(change: (file: string) => void) {
    const copy = join(newDirectory('damaged'), 'postern')
    copyFileSync(executable, copy)
    change(copy)
    const { stdout, exit, stderr } = postern(['self', 'verify', '--json'], { program: [copy] })
    return {
      exit,
      stderr,
      names:
        exit === 6 && stdout.startsWith('{"ok"')
          ? JSON.parse(stdout)
              .parts.filter((part: { ok: boolean }) => !part.ok)
              .map(({ name }: { name: string }) => name)
          : [],
    }
  }

  function flipBit(file: string, offset: number): void {
    const descriptor = openSync(file, 'r+')
    const byte = readFileSync(file)[offset] ?? 0
    writeSync(descriptor, Uint8Array.of(byte ^ 1), 0, 1, offset)
    closeSync(descriptor) // a file that is open for writing cannot be executed
  }

  test('nothing in a sound one', () => {
    const { stdout, exit } = packaged(['self', 'verify', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ ok: true })
    expect(exit).toBe(0)
  })

  test.each(Object.keys(manifest.parts).filter(name => name !== 'main.cjs'))('%s', name => {
    const part = manifest.parts[name]
    if (part === undefined) throw new Error('unknown part')
    expect(damaged(file => flipBit(file, part.offset + part.length - 1))).toMatchObject({ exit: 6, names: [name] })
  })

  test('the program: one changed character in a comment', () => {
    const code = readFileSync(executable).indexOf('// src/base/harden.ts', manifest.parts['main.cjs']?.offset)
    expect(damaged(file => flipBit(file, code + 5))).toMatchObject({ exit: 6, names: ['main.cjs'] })
  })

  test('Node: one changed byte of a message in its read-only data', () => {
    const text = readFileSync(executable).indexOf('Usage: node')
    expect(damaged(file => flipBit(file, text)).names).toEqual(['node'])
  })

  test('the list of digests itself', () => {
    const { exit, stderr } = damaged(file => flipBit(file, manifest.manifest.offset))
    expect(exit).toBe(6)
    expect(stderr).toContain('damaged')
  })

  test('what was appended', () => {
    const size = statSync(executable).size
    expect(damaged(file => truncateSync(file, size + 1)).names).toEqual(['node'])
  })
})

test('pkg and Node leave no other trace of where the executable was built', () => {
  const found = spawnSync('grep', ['-c', '-a', '-F', process.cwd(), executable], { encoding: 'utf8' })
  expect(found.stdout.trim()).toBe('0')
})

describe('the completion script', () => {
  test('of bash offers commands, options and values', () => {
    const script = packaged(['completions', 'bash']).stdout
    const complete = (line: string) => {
      const call = `COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _postern; printf '%s\\n' "\${COMPREPLY[@]}"`
      return execFileSync('bash', ['-c', `${script}\n${call}`], { encoding: 'utf8' })
        .trim()
        .split('\n')
    }
    expect(complete('postern conf')).toEqual(['config'])
    expect(complete('postern config ""')).toEqual(
      expect.arrayContaining(['check', 'show', 'path', 'explain', '--json']),
    )
    expect(complete('postern completions f')).toEqual(['fish'])
    expect(complete('postern --color al')).toEqual(['always'])
    expect(complete('postern config show --col')).toEqual(['--color'])
  })

  test.runIf(has('fish'))('of fish offers them with what they do', () => {
    const script = join(newDirectory('fish'), 'postern.fish')
    writeFileSync(script, packaged(['completions', 'fish']).stdout)
    const complete = (line: string) =>
      execFileSync('fish', ['-c', `source ${script}; complete -C '${line}'`], { encoding: 'utf8' })
        .trim()
        .split('\n')
    expect(complete('postern conf')).toEqual(['config\tCheck, show and explain the settings'])
    expect(complete('postern config s')).toEqual(['show\tPrint the settings in force, defaults included'])
    expect(complete('postern completions f')).toEqual(['fish'])
    expect(complete('postern --color al')[0]).toMatch(/^always\t/)
  })

  test.runIf(has('zsh'))('of zsh offers them with what they do', () => {
    const script = join(newDirectory('zsh'), '_postern')
    writeFileSync(script, packaged(['completions', 'zsh']).stdout)
    const complete = (words: string, current: number) => {
      const stubs = `compdef() { : }; _files() { : }; _describe() { print -l -- \${(P)4}; }`
      const call = `${stubs}; source ${script}; words=(${words}); CURRENT=${current}; _postern`
      return execFileSync('zsh', ['-f', '-c', call], { encoding: 'utf8' }).trim().split('\n')
    }
    expect(complete("postern config ''", 3)).toContain('show:Print the settings in force, defaults included')
    expect(complete("postern --color ''", 3)).toEqual(['auto', 'always', 'never'])
  })
})

test('the bill of materials names Node, its parts and the packages in the bundle, and validates', async () => {
  const bom = JSON.parse(packaged(['sbom']).stdout)
  const names: string[] = bom.components.map(({ name }: { name: string }) => name)
  expect(names).toEqual(expect.arrayContaining(['node', 'v8', 'openssl', 'sqlite', 'smol-toml', 'valibot']))
  expect(names).not.toContain('esbuild')
  expect(await sbomFaults(bom)).toEqual([])
  const texts: { package: string; text: string }[] = JSON.parse(packaged(['licenses', '--json']).stdout)
  for (const name of ['node', 'smol-toml', 'valibot']) {
    expect(texts.find(notice => notice.package === name)?.text ?? '').toContain('Copyright')
  }
})

describe('the small program for quick commands', () => {
  test.each(quickWords)('%s says of itself what the whole program says', word => {
    const whole = postern([word, '--help'])
    expect(packaged([word, '--help'])).toEqual(whole)
    expect(whole.exit).toBe(0)
  })

  test.each(quickWords)('%s is found where it is refused too, and names the next command', word => {
    const { exit, stderr } = packaged([word, '--no-such-option'])
    expect(exit).toBe(2)
    expect(stderr).toContain(`postern ${word} --help`)
  })

  test('holds what its commands use, and little else', async () => {
    const { files } = await bundle(process.cwd())
    const { sources }: { sources: string[] } = JSON.parse(Buffer.from(files.get('quick.cjs.map') ?? []).toString())
    expect(sources).toContain('../src/mail/search/search.ts')
    expect(sources.filter(file => /src\/mail\/(?:outbox|import|mime|render|providers)\//.test(file))).toEqual([])
    expect(files.get('quick.cjs')?.length).toBeLessThan(400_000)
  })

  test('a fault in it is told with the names of the source files', () => {
    const home = newDirectory('fault')
    const letter = join(home, 'a.eml')
    writeFileSync(letter, 'Subject: lunch\n\nShall we?\n')
    expect(packaged(['import', letter], { env: { HOME: home } }).exit).toBe(0)
    const store = new DatabaseSync(join(home, '.local/share/postern/mail.db'))
    store.exec('DROP TABLE envelopes')
    store.close()
    const { exit, stderr } = packaged(['search', 'lunch'], { env: { HOME: home } })
    expect(exit).not.toBe(0)
    expect(stderr).toMatch(/src\/mail\/store\/\w+\.ts:\d+/)
    expect(stderr).not.toContain('quick.cjs')
  })
})
