import { chmodSync, chownSync, constants, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Failure } from '#base/failure.ts'
import { checkNotWritableByOthers, ensurePrivateDirectory, openPrivateFile } from '#base/private-directory.ts'
import { newDirectory } from '../postern.ts'

const isRoot = process.getuid?.() === 0

function failureOf(action: () => unknown): Failure {
  try {
    action()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('a directory', () => {
  test('is created with everything above it for its owner alone', () => {
    const home = newDirectory('home')
    ensurePrivateDirectory(join(home, 'a', 'b'), home)
    expect(statSync(join(home, 'a')).mode & 0o777).toBe(0o700)
    expect(statSync(join(home, 'a', 'b')).mode & 0o777).toBe(0o700)
  })

  test.each([0o701, 0o710, 0o755, 0o777])(
    'that others can enter (%o) is refused, with the command that mends it',
    mode => {
      const home = newDirectory('home')
      const path = join(home, 'data')
      mkdirSync(path)
      chmodSync(path, mode)
      const failure = failureOf(() => ensurePrivateDirectory(path, home))
      expect(failure).toMatchObject({ exit: 'refused', code: 'path_not_private', next: `chmod 700 ${path}` })
      expect(statSync(path).mode & 0o777).toBe(mode)
    },
  )

  test('below one that others can replace is refused', () => {
    const home = newDirectory('home')
    mkdirSync(join(home, 'shared'))
    chmodSync(join(home, 'shared'), 0o777)
    const failure = failureOf(() => ensurePrivateDirectory(join(home, 'shared', 'data'), home))
    expect(failure.message).toContain('can be changed by other users')
  })

  test('below a sticky one (as /tmp is) is accepted', () => {
    const home = newDirectory('home')
    mkdirSync(join(home, 'sticky'))
    chmodSync(join(home, 'sticky'), 0o1777)
    ensurePrivateDirectory(join(home, 'sticky', 'data'), home)
  })

  test('behind a link is judged by where the link leads as well', () => {
    const home = newDirectory('home')
    mkdirSync(join(home, 'shared', 'data'), { recursive: true, mode: 0o700 })
    chmodSync(join(home, 'shared'), 0o777)
    symlinkSync(join(home, 'shared', 'data'), join(home, 'link'))
    expect(failureOf(() => ensurePrivateDirectory(join(home, 'link'), home)).code).toBe('path_not_private')
  })

  test('that belongs to somebody else is refused', () => {
    const home = newDirectory('home')
    const path = isRoot ? join(home, 'theirs') : '/root'
    if (isRoot) {
      mkdirSync(path, { mode: 0o700 })
      chownSync(path, 12345, 12345)
    }
    expect(failureOf(() => ensurePrivateDirectory(path, home)).message).toContain('belongs to user')
  })

  test('in the place of a file is refused', () => {
    const home = newDirectory('home')
    writeFileSync(join(home, 'file'), '')
    expect(failureOf(() => ensurePrivateDirectory(join(home, 'file'), home)).exit).toBe('failed')
  })

  test('with a quote in its name is named so that the command can be pasted', () => {
    const home = newDirectory('home')
    const path = join(home, "it's; rm -rf")
    mkdirSync(path)
    chmodSync(path, 0o755)
    expect(failureOf(() => ensurePrivateDirectory(path, home)).next).toBe(`chmod 700 '${home}/it'\\''s; rm -rf'`)
  })
})

describe('a private file', () => {
  test('is created for its owner alone', () => {
    const file = join(newDirectory('home'), 'db')
    openPrivateFile(file, constants.O_CREAT | constants.O_RDWR)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('that others can read is refused', () => {
    const file = join(newDirectory('home'), 'db')
    writeFileSync(file, '')
    chmodSync(file, 0o644)
    expect(failureOf(() => openPrivateFile(file, constants.O_RDWR)).next).toBe(`chmod 600 ${file}`)
  })

  test('is never reached through a link', () => {
    const directory = newDirectory('home')
    writeFileSync(join(directory, 'target'), '', { mode: 0o600 })
    symlinkSync(join(directory, 'target'), join(directory, 'link'))
    expect(() => openPrivateFile(join(directory, 'link'), constants.O_RDWR)).toThrow(/ELOOP/)
  })
})

describe('a file that a person edits', () => {
  test('may be readable by others, because its directory keeps them out', () => {
    const file = join(newDirectory('home'), 'config.toml')
    writeFileSync(file, '')
    chmodSync(file, 0o644)
    checkNotWritableByOthers(file)
  })

  test('may not be writable by others', () => {
    const file = join(newDirectory('home'), 'config.toml')
    writeFileSync(file, '')
    chmodSync(file, 0o664)
    expect(failureOf(() => checkNotWritableByOthers(file)).next).toBe(`chmod 600 ${file}`)
  })
})
