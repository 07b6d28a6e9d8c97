import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findWorkspace, idOfRemote, idOfUlid, originOf, shortId, workspaceErrorText } from '#memory/workspace.ts'
import { has } from '../needs.ts'
import { newDirectory } from '../postern.ts'

const vectors: { workspace: [string, string | null, string][] } = JSON.parse(
  readFileSync(new URL('../vectors/memory/core.json', import.meta.url), 'utf8'),
)

function repository(url: string, directory = newDirectory('repository')): string {
  mkdirSync(join(directory, '.git'), { recursive: true })
  writeFileSync(join(directory, '.git', 'config'), `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n`)
  return directory
}

test.each(vectors.workspace)('the id of %j is that of the reference', (url, id, shown) => {
  const got = idOfRemote(url)
  expect(got.ok ? got.value : got.error.code).toBe(id ?? shown)
  if (got.ok) expect(shortId(got.value)).toBe(shown)
})

test('a workspace without a repository has the bytes of its ULID', () => {
  expect(idOfUlid(new Uint8Array(16).fill(1))).toBe('01'.repeat(16) + '00'.repeat(16))
})

describe('the origin', () => {
  test.each([
    ['[remote "origin"]\nurl = a\nurl = b', 'a'],
    ['[remote "upstream"]\nurl=x\n[remote "origin"]\n  url=y ', 'y'],
    ["[remote 'origin']\nurl = a", 'a'],
    ['[remote origin]\nurl=a', 'a'],
    ['# [remote "origin"]\nurl = a', undefined],
    ['[Remote "origin"]\nurl = a', undefined],
    ['[remote "origin"] # main\nurl = a', undefined],
    ['[remote "origin"]\nurls = a\n; url = b\nurl = c', 'c'],
    ['', undefined],
  ])('in %j is %j', (config, url) => {
    expect(originOf(config)).toBe(url)
  })
})

test('a configuration made to be slow is read at once', () => {
  for (const part of [' ', ']', '[', '\t', 'url ', '\u3000']) {
    const line = `x${part.repeat(500_000)}x`
    expect(originOf(`[remote "origin"]\n${line}\n[${line}\nurl = ${line}`)).toBeUndefined()
    expect(idOfRemote(line).ok).toBe(true)
  }
})

describe('the workspace of a directory', () => {
  const url = 'https://example.org/a/b.git'
  const id = idOfRemote(url)

  test('is that of the nearest repository above it', () => {
    const root = repository(url)
    const deep = join(root, 'x', 'y')
    mkdirSync(deep, { recursive: true })
    expect(findWorkspace(deep)).toMatchObject({ ok: true, value: { id: id.ok && id.value } })
    repository('https://example.org/other', join(root, 'x'))
    expect(findWorkspace(deep)).not.toMatchObject({ value: { id: id.ok && id.value } })
  })

  test('that has no origin, or an empty one, has none', () => {
    const bare = newDirectory('repository')
    mkdirSync(join(bare, '.git'))
    writeFileSync(join(bare, '.git', 'config'), '[core]\n')
    expect(findWorkspace(bare)).toMatchObject({ error: { code: 'NoOriginRemote' } })
    expect(findWorkspace(repository('.git'))).toMatchObject({ error: { code: 'InvalidRemote' } })
  })

  test('whose configuration cannot be read is told, not guessed', () => {
    const root = repository(url)
    writeFileSync(join(root, '.git', 'config'), Buffer.from([0xff, 0xfe]))
    expect(findWorkspace(root)).toMatchObject({ error: { code: 'Io' } })
  })

  test('outside of any repository there is none', () => {
    const found = findWorkspace('/')
    expect(found).toMatchObject({ error: { code: 'NoActiveWorkspace' } })
    if (!found.ok) expect(workspaceErrorText(found.error)).toContain('without finding .git')
  })
})

describe.runIf(has('git'))('with Git itself', () => {
  const git = (directory: string, ...words: string[]) =>
    execFileSync(
      'git',
      [
        '-C',
        directory,
        '-c',
        'user.name=t',
        '-c',
        'user.email=t@t.example',
        '-c',
        'protocol.file.allow=always',
        ...words,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
    )
  const made = (url: string) => {
    const directory = newDirectory('git')
    git(directory, 'init', '-q')
    git(directory, 'commit', '-q', '--allow-empty', '-m', 'start')
    git(directory, 'remote', 'add', 'origin', url)
    return directory
  }
  const idOf = (url: string) => {
    const id = idOfRemote(url)
    return id.ok ? id.value : ''
  }

  test('a worktree has the memory of its repository, also inside of another one', () => {
    const main = made('https://example.org/main')
    const around = made('https://example.org/around')
    git(main, 'worktree', 'add', '-q', join(around, 'tree'))
    expect(findWorkspace(join(around, 'tree'))).toMatchObject({ value: { id: idOf('https://example.org/main') } })
  })

  test('a submodule has its own, not that of the repository around it', () => {
    const inner = made('https://example.org/inner')
    const outer = made('https://example.org/outer')
    git(outer, 'submodule', 'add', '-q', inner, 'sub')
    git(join(outer, 'sub'), 'remote', 'set-url', 'origin', 'https://example.org/inner')
    expect(findWorkspace(join(outer, 'sub'))).toMatchObject({ value: { id: idOf('https://example.org/inner') } })
  })
})
