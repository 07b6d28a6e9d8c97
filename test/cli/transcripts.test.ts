import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newDirectory, postern } from '../postern.ts'

function homeWith(config: string): string {
  const home = newDirectory('home')
  mkdirSync(join(home, '.config', 'postern'), { recursive: true, mode: 0o700 })
  writeFileSync(join(home, '.config', 'postern', 'config.toml'), config, { mode: 0o600 })
  return home
}

describe('without words', () => {
  test('the program says what it is and can do', () => {
    const { stdout, stderr, exit } = postern([])
    expect(stdout).toContain('Usage\n  postern COMMAND')
    expect(stderr).toBe('')
    expect(exit).toBe(0)
  })

  test('a group of commands asks which', () => {
    expect(postern(['config'])).toMatchObject({
      stdout: '',
      stderr: 'postern: postern config needs a command\n  try: postern config --help\n',
      exit: 2,
    })
  })
})

describe('a mistake', () => {
  test('in a command is named with what was meant', () => {
    expect(postern(['cofnig'])).toEqual({
      stdout: '',
      stderr: 'postern: there is no command "cofnig"; did you mean "config"?\n  try: postern config\n',
      exit: 2,
      signal: null,
    })
  })

  test('is data as well when JSON was asked for', () => {
    const { stdout, exit } = postern(['cofnig', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'unknown_command',
        message: 'there is no command "cofnig"; did you mean "config"?',
        next: 'postern config',
      },
    })
    expect(exit).toBe(2)
  })

  test('cannot steer the terminal on which it is shown', () => {
    expect(postern(['\u001b[31mred']).stderr).toContain('"\\x1b[31mred"')
  })
})

describe('config', () => {
  test('check names file, line and the nearest key', () => {
    const home = homeWith('[log]\nlevle = "info"\n')
    expect(postern(['config', 'check'], { env: { HOME: home } })).toMatchObject({
      stderr: `postern: ${home}/.config/postern/config.toml:2: unknown key "levle" in [log]; did you mean "level"?\n  try: postern config check\n`,
      exit: 2,
    })
  })

  test('check of a sound file', () => {
    const home = homeWith('[log]\nlevel = "warn"\n')
    expect(postern(['config', 'check'], { env: { HOME: home } })).toMatchObject({
      stdout: `${home}/.config/postern/config.toml is sound\n`,
      exit: 0,
    })
  })

  test('check of a file that is not there', () => {
    expect(postern(['config', 'check', '/nowhere.toml'])).toMatchObject({ exit: 4 })
    expect(postern(['config', 'check'])).toMatchObject({ exit: 0 })
  })

  test('a file that cannot be read stops the program', () => {
    const home = homeWith('')
    const file = join(home, '.config', 'postern', 'config.toml')
    if (process.getuid?.() === 0) {
      // root reads everything but a directory
      const other = newDirectory('home')
      mkdirSync(join(other, '.config', 'postern', 'config.toml'), { recursive: true, mode: 0o700 })
      expect(postern(['config', 'show'], { env: { HOME: other } })).toMatchObject({ exit: 1, stdout: '' })
      return
    }
    chmodSync(file, 0o000)
    expect(postern(['config', 'show'], { env: { HOME: home } })).toMatchObject({ exit: 1, stdout: '' })
  })

  test('show prints what is in force as TOML', () => {
    const home = homeWith('[log]\nlevel = "warn"\n')
    expect(postern(['config', 'show'], { env: { HOME: home } }).stdout).toContain(
      '[log]\nlevel = "warn"\nfile_bytes_max = 10485760  # default\nfiles_max = 5  # default\n',
    )
  })

  test('explain of a key that does not exist names the nearest', () => {
    expect(postern(['config', 'explain', 'log.levl'])).toMatchObject({
      stderr: 'postern: there is no setting "log.levl"\n  try: postern config explain log.level\n',
      exit: 4,
    })
  })
})

test('what only the packaged program knows is not made up from source', () => {
  for (const words of [['sbom'], ['licenses'], ['self', 'verify']]) {
    expect(postern(words)).toMatchObject({ stdout: '', exit: 1 })
  }
})

test('version is JSON for programs', () => {
  const facts = JSON.parse(postern(['version', '--json']).stdout)
  expect(facts).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    commit: 'source',
    node: process.versions.node,
  })
})

test('a data directory that others can enter is refused before it holds anything', () => {
  const home = newDirectory('home')
  const data = join(home, '.local', 'share', 'postern')
  mkdirSync(data, { recursive: true, mode: 0o700 })
  chmodSync(data, 0o755)
  expect(postern(['search', 'invoice'], { env: { HOME: home } })).toMatchObject({
    stdout: '',
    stderr: `postern: refusing to use ${data}: it is open to other users (mode 0755)\n  try: chmod 700 ${data}\n`,
    exit: 5,
  })
})
