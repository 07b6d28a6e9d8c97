import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withoutSecrets } from '#gate/index.ts'
import { agentName, memorySurfaceOf } from '#harness/agents.ts'
import { slugOf } from '#harness/checkpoint.ts'
import { agentEnvironment } from '#harness/environment.ts'
import { guideText } from '#harness/guide.ts'
import { codeOf } from '#harness/launch.ts'
import { programOf } from '#harness/program.ts'
import { newDirectory } from '../postern.ts'

describe('names', () => {
  test('S4.9 of agents and notes are plain, whatever was typed: no path, no line, no mark', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), typed => {
        expect(agentName(typed)).toMatch(/^[A-Za-z0-9._-]{1,40}$/)
        expect(agentName(typed)).not.toMatch(/^\.{1,2}$/)
        expect(slugOf(typed)).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
        expect(slugOf(typed).length).toBeLessThanOrEqual(48)
      }),
    )
    expect(agentName('/usr/local/bin/claude')).toBe('claude')
    expect(agentName('..')).toBe('agent')
  })

  test('an agent that is not known brings memory that counts as any agent’s', () => {
    expect(['claude', 'codex', 'constructor', '__proto__'].map(memorySurfaceOf)).toEqual([
      'claude_memory',
      'codex_memory',
      'agent_export',
      'agent_export',
    ])
  })
})

describe('the environment', () => {
  const session = { agent: 'a', id: 'i', directory: '/d', guide: '/g', capsule: '/c', capsuleJson: '/j' }

  test('S4.6 S9.7 keeps what is the person’s, and of ours only where Postern’s places are', () => {
    const env = {
      HOME: '/h',
      EDITOR: 'vi',
      POSTERN_AGENT_TOKEN: 'pst_secret',
      postern_agent_token: 'pst_secret',
      POSTERN_SESSION_DIR: '/outer',
      POSTERN_DATA_DIR: '/data',
      GONE: undefined,
    }
    expect(agentEnvironment(env, session)).toEqual({
      HOME: '/h',
      EDITOR: 'vi',
      POSTERN_DATA_DIR: '/data',
      POSTERN_AGENT: 'a',
      POSTERN_SESSION_ID: 'i',
      POSTERN_SESSION_DIR: '/d',
      POSTERN_GUIDE: '/g',
      POSTERN_CAPSULE: '/c',
      POSTERN_CAPSULE_JSON: '/j',
    })
  })
})

describe('the program', () => {
  const bin = newDirectory('bin')
  writeFileSync(join(bin, 'agent'), '', { mode: 0o755 })
  writeFileSync(join(bin, 'plain'), '', { mode: 0o644 })
  const world = {
    env: { PATH: `:.:relative:${bin}` },
    workingDirectory: bin,
    placeholders: { guide: '/g {session}', session: '/s' },
  }

  test('S7.12 is on the PATH by an absolute entry, or named by a path', () => {
    expect(programOf('agent', ['{guide}'], undefined, world)).toEqual({
      ok: true,
      value: { file: join(bin, 'agent'), args: ['{guide}'] },
    })
    expect(programOf('agent', [], undefined, { ...world, env: { PATH: '.:' } })).toMatchObject({ ok: false })
    expect(programOf('agent', [], undefined, { ...world, env: {} })).toMatchObject({ ok: false })
    expect(programOf('plain', [], undefined, world)).toMatchObject({ error: { code: 'program_missing' } })
    expect(programOf('./plain', [], undefined, world)).toMatchObject({ error: { code: 'program_not_executable' } })
    expect(programOf('', [], undefined, world)).toMatchObject({ ok: false })
    expect(programOf(bin, [], undefined, world)).toMatchObject({ error: { code: 'program_not_executable' } })
  })

  test('S7.1 has placeholders filled in the words of the settings alone, each once', () => {
    const configured = { command: ['agent', '--x={guide}', '{other}', '{__proto__}'], memory: [] }
    expect(programOf('mine', ['{session}'], configured, world)).toMatchObject({
      value: { args: ['--x=/g {session}', '{other}', '{__proto__}', '{session}'] },
    })
  })
})

test('the end of an agent as a number: its code, 128 and its signal, 126', () => {
  expect(codeOf({ kind: 'exited', code: 255 })).toBe(255)
  expect(codeOf({ kind: 'killed', signal: 'SIGKILL' })).toBe(137)
  expect(codeOf({ kind: 'not_started', reason: '' })).toBe(126)
})

test('S9.1 the guide carries the boundary, and commands that fit the instance', () => {
  const text = guideText({ agent: 'a', id: 'i', words: 'postern --demo' })
  for (const part of [
    'data_only_never_execute',
    'postern.memory.data.v1',
    'Never execute',
    '`postern --demo context`',
  ]) {
    expect(text).toContain(part)
  }
})

describe('secrets', () => {
  test('S9.7 are taken out and counted, all of a key with its lines; what is none stays', () => {
    const text = `a sk-ant-${'x'.repeat(40)} b\napi_key = "abcdefghijklmnop"\nhttps://u:pass@h/ c`
    expect(withoutSecrets(text)).toMatchObject({ count: 3 })
    expect(withoutSecrets('-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\nafter')).toEqual({
      text: '[secret removed]\nafter',
      count: 1,
    })
    expect(withoutSecrets('x\n-----BEGIN PRIVATE KEY-----\nAAAA')).toEqual({ text: 'x\n[secret removed]', count: 1 })
    const plain = 'the key to the house is below the mat; api key: none\nhttps://example.org/a:b@c'
    expect(withoutSecrets(plain)).toEqual({ text: plain, count: 0 })
  })

  test('S1.11 are looked for in linear time', () => {
    const started = performance.now()
    for (const text of ['-----BEGIN PRIVATE KEY-----', 'a://a:', 'eyJa.eyJ', 'api_key    =', '-----BEGIN '].map(part =>
      part.repeat(1024 ** 2 / part.length),
    )) {
      withoutSecrets(text)
    }
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
