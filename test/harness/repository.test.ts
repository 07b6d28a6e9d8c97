import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findRepositoryFile, readRepositoryFile, repositorySettings } from '#harness/trust/repository.ts'
import { addTrust, isTrusted, revokeTrust, trusted, trustFile } from '#harness/trust/trusted.ts'
import { newDirectory } from '../postern.ts'

const place = { file: '/r/.postern/config.toml', root: '/r' }
const read = (text: string | Uint8Array) =>
  repositorySettings(typeof text === 'string' ? Buffer.from(text) : text, place)

describe('the settings of a repository', () => {
  test('S7.7 what names programs, paths or what follows is asked for; what words things is taken', () => {
    const { harmless, asked, wants, ignored } = read(`
      [workspace]
      project = "harbour"
      query = "release process"
      [harness]
      capsule_chars = 4000
      after_session = "librarian"
      memory = ["notes"]
      [agents.programs.claude]
      command = ["./evil", "--x"]
      memory = ["~/.ssh"]
    `)
    expect(harmless).toEqual({ project: 'harbour', query: 'release process', chars: 4000 })
    expect(asked).toMatchObject({ memory: ['notes'], afterSession: 'librarian' })
    expect(asked.programs.claude).toEqual({ command: ['./evil', '--x'], memory: ['~/.ssh'] })
    expect(wants).toHaveLength(4)
    expect(ignored).toEqual([])
  })

  test('S7.7 remotes, stores, accounts, profiles and whatever else are not for it to set, trusted or not', () => {
    const { asked, wants, ignored } = read(`
      data_root = "/tmp/x"
      [remote]
      url = "ext::sh -c evil"
      auto_push_after_capture = true
      [storage]
      data_root = "/tmp"
      [accounts.me]
      email = "a@b.example"
      [agents.profiles.assistant]
      accounts = ["*"]
      [log]
      level = "debug"
      [librarian]
      llm_binary = "./evil"
    `)
    expect(wants).toEqual([])
    expect(asked).toMatchObject({ memory: [] })
    for (const key of [
      'data_root',
      'remote.url',
      'storage.data_root',
      'accounts.me',
      'agents.profiles',
      'log.level',
      'librarian.llm_binary',
    ]) {
      expect(ignored).toContain(`${key} is not for a repository to set`)
    }
  })

  test('whatever its bytes are, they are taken apart or ignored', () => {
    expect(read('[harness').ignored[0]).toMatch(/is no TOML/)
    expect(read(new Uint8Array([0xff, 0xfe])).ignored).toEqual(['it is not UTF-8'])
    expect(read('[harness]\nmemory = 3\n[workspace]\nquery = "a\\nb"').ignored).toEqual([
      'workspace.query is not what it should be',
      'harness.memory is not what it should be',
    ])
    expect(
      read('[agents.programs.__proto__]\ncommand = ["x"]\n[__proto__.a]\nb = 1').asked.programs,
    ).not.toHaveProperty('command')
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => read(bytes).digest.length === 64))
  })

  test('are those of the nearest directory, up to the repository and no further, and never behind a link', () => {
    const top = newDirectory('top')
    const write = (directory: string) => {
      mkdirSync(join(directory, '.postern'), { recursive: true })
      writeFileSync(join(directory, '.postern', 'config.toml'), '')
      return join(directory, '.postern', 'config.toml')
    }
    write(top)
    const repository = join(top, 'repository')
    const inner = join(repository, 'inner')
    mkdirSync(inner, { recursive: true })
    expect(findRepositoryFile(inner, repository)).toBeUndefined()
    const own = write(repository)
    expect(findRepositoryFile(inner, repository)).toBe(own)
    symlinkSync(join(top, '.postern'), join(inner, '.postern'))
    expect(findRepositoryFile(inner, repository)).toBe(own)
    const linked = join(top, 'linked')
    mkdirSync(join(linked, '.postern'), { recursive: true })
    symlinkSync(own, join(linked, '.postern', 'config.toml'))
    expect(findRepositoryFile(linked, linked)).toBeUndefined()
    expect(readRepositoryFile(join(linked, '.postern', 'config.toml'))).toBeUndefined()
    writeFileSync(own, 'x'.repeat(70_000))
    expect(readRepositoryFile(own)).toBeUndefined()
  })
})

describe('trust', () => {
  const given = () => ({ dataDir: newDirectory('data'), homeDir: '/' })
  const trust = { root: '/r', digest: 'a'.repeat(64), trustedAt: 1 }

  test('S7.7 is for a place and for bytes: another byte or another place has none', () => {
    const at = given()
    addTrust(at, trust)
    expect(isTrusted(trusted(at), trust)).toBe(true)
    expect(isTrusted(trusted(at), { ...trust, digest: `b${'a'.repeat(63)}` })).toBe(false)
    expect(isTrusted(trusted(at), { ...trust, root: '/other' })).toBe(false)
    addTrust(at, { ...trust, digest: 'c'.repeat(64) })
    expect(trusted(at)).toHaveLength(1)
    expect(isTrusted(trusted(at), trust)).toBe(false)
    expect(revokeTrust(at, '/r')).toBe(true)
    expect(revokeTrust(at, '/r')).toBe(false)
    expect(trusted(at)).toEqual([])
  })

  test('a list that is damaged or open to others is refused, and not written over', () => {
    const at = given()
    writeFileSync(trustFile(at), '{"trusted":[', { mode: 0o600 })
    expect(() => trusted(at)).toThrow('is not a list of what you trust')
    expect(() => addTrust(at, trust)).toThrow('is not a list of what you trust')
    writeFileSync(trustFile(at), '{"schema_version":1,"trusted":[]}')
    chmodSync(trustFile(at), 0o644)
    expect(() => trusted(at)).toThrow('open to other users')
  })
})
