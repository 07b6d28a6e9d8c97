import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { Failure } from '#base/failure.ts'
import { hasHook, hookCommand, withHook, withoutHook } from '#harness/hooks/hook-text.ts'
import { hookedAgents, skillText } from '#harness/hooks/hooked-agents.ts'
import { carryOut, planInstall, planRemove, stateOf } from '#harness/hooks/plan.ts'
import { newDirectory } from '../postern.ts'

const added = (text: string | undefined) => {
  const result = withHook(text)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
const taken = (text: string) => {
  const result = withoutHook(text)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
const theirs = `{
    "model": "opus",
    "permissions": { "allow": ["Bash(ls:*)"],   "deny": [] },

    "zebra": 1, "10": 2,
    "hooks": {
        "SessionStart": [
            { "matcher": "startup", "hooks": [{ "type": "command", "command": "echo \\"hi\\"" }] }
        ],
        "Stop": []
    },
    "alpha": "\\u00e9 }]"
}
`

describe('the text of a hooks file', () => {
  test.each([
    ['no JSON', '{"hooks": {'],
    ['JSON with comments', '{ // mine\n "hooks": {} }'],
    ['no object', '[1]'],
    ['hooks that are no object', '{"hooks": []}'],
    ['an event that is no list', '{"hooks": {"SessionStart": {}}}'],
    ['hooks twice', '{"hooks": {}, "hooks": {}}'],
    ['an event twice', '{"hooks": {"SessionStart": [], "SessionStart": []}}'],
    ['a mark of byte order', '\ufeff{}'],
  ])('that is %s is refused and said to be malformed', (_what, text) => {
    expect(withHook(text)).toMatchObject({ ok: false, error: { code: 'hooks_malformed' } })
    expect(withoutHook(text)).toMatchObject({ ok: false })
  })

  test('S7.3 keeps every byte of its owner: order of keys, indentation, blank lines', () => {
    const after = added(theirs)
    const at = [...after].findIndex((sign, index) => sign !== theirs[index])
    expect(theirs.startsWith(after.slice(0, at))).toBe(true)
    expect(after).toContain('            {\n                "matcher": "startup|resume|clear|compact",')
    expect(after).toContain('"zebra": 1, "10": 2,')
    expect(JSON.parse(after).hooks.SessionStart).toHaveLength(2)
    expect(taken(after)).toBe(theirs)
  })

  test('S7.3 is the same after a second time, and after adding and taking out', () => {
    for (const text of [
      '{}',
      '{\n}\n',
      '{"a":1}',
      '{"hooks":{}}',
      '{"a":[],"hooks":{"Stop":[]}}',
      '{\r\n\t"a": 1\r\n}\r\n',
      theirs,
    ]) {
      const once = added(text)
      expect(added(once)).toBe(once)
      expect(hasHook(once)).toBe(true)
      expect(JSON.parse(taken(once))).toEqual(
        Object.fromEntries(
          Object.entries(JSON.parse(text)).filter(
            ([key, value]) => key !== 'hooks' || Object.keys(Object(value)).length > 0,
          ),
        ),
      )
      expect(hasHook(taken(once))).toBe(false)
    }
    expect(taken(added('{\r\n\t"a": 1\r\n}\r\n'))).toBe('{\r\n\t"a": 1\r\n}\r\n')
    expect(added('{\r\n\t"a": 1\r\n}\r\n')).not.toMatch(/[^\r]\n/)
  })

  test('S7.3 S8.2 of any owner, with whatever keys, comes through unchanged but for what is ours', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '1', 'hooks2', '"', '\\'))
    const value = fc.json({ maxDepth: 3 }).map(text => JSON.parse(text))
    const handlers = fc.array(fc.record({ type: fc.constant('command'), command: fc.string() }), { maxLength: 2 })
    const hooks = fc.dictionary(
      fc.constantFrom('SessionStart', 'Stop', 'PreToolUse'),
      fc.array(fc.record({ hooks: handlers }), { minLength: 1, maxLength: 3 }),
      { minKeys: 1 },
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(key, value)),
        fc.option(hooks),
        fc.constantFrom(undefined, 1, 4, '\t'),
        (pairs, hook, indent) => {
          const owner = JSON.stringify(
            {
              ...Object.fromEntries(pairs.filter(([name]) => name !== 'hooks')),
              ...(hook === null ? {} : { hooks: hook }),
            },
            undefined,
            indent,
          )
          const once = added(owner)
          const parsed = JSON.parse(once)
          expect(parsed.hooks.SessionStart.at(-1).hooks[0].command).toBe(hookCommand)
          expect(JSON.stringify(JSON.parse(taken(once)))).toBe(JSON.stringify(JSON.parse(owner)))
        },
      ),
    )
  })

  test('loses only our hook where a person put it among others', () => {
    const mixed = JSON.stringify({
      hooks: {
        SessionStart: [
          {
            hooks: [
              { type: 'command', command: hookCommand },
              { type: 'command', command: 'x' },
            ],
          },
        ],
        Stop: [{ hooks: [{ type: 'command', command: hookCommand }] }],
      },
    })
    expect(JSON.parse(taken(mixed))).toEqual({
      hooks: { SessionStart: [{ hooks: [{ type: 'command', command: 'x' }] }] },
    })
  })

  test('nested too deeply is refused, not followed', () => {
    const deep = `{"a": ${'['.repeat(5_000)}${']'.repeat(5_000)}}`
    expect(withHook(deep)).toMatchObject({ ok: false })
  })
})

describe.each(hookedAgents)('the settings of $name', agent => {
  let base: string
  beforeEach(() => {
    base = newDirectory('base')
  })
  const hooksPath = () => join(base, ...agent.hooks)
  const skillPath = () => join(base, ...agent.skill)
  const put = (path: string, text: string, mode = 0o640) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { mode })
  }
  const install = () => carryOut(planInstall(agent, base))
  const remove = () => carryOut(planRemove(agent, base))
  const all = () => readdirSync(base, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())

  test('S7.3 have nothing of us after installing and removing where nothing was before', () => {
    install()
    expect(stateOf(agent, base)).toEqual({ hook: 'installed', skill: 'installed' })
    expect(planInstall(agent, base)).toEqual([])
    remove()
    expect(all()).toEqual([])
    expect(planRemove(agent, base)).toEqual([])
  })

  test('S7.3 are byte for byte what they were, with a copy beside them meanwhile, and their mode', () => {
    put(hooksPath(), theirs)
    install()
    expect(readFileSync(`${hooksPath()}.postern-backup`, 'utf8')).toBe(theirs)
    expect(statSync(hooksPath()).mode & 0o777).toBe(0o640)
    remove()
    expect(readFileSync(hooksPath(), 'utf8')).toBe(theirs)
    expect(all()).toHaveLength(1)
  })

  test('S7.3 are not touched at all when a part is refused: a foreign skill, a malformed file', () => {
    put(skillPath(), '---\nname: something-else\n---\n')
    expect(() => planInstall(agent, base)).toThrow('is not ours')
    expect(existsSync(hooksPath())).toBe(false)
    expect(planRemove(agent, base)).toEqual([])
    put(hooksPath(), '{"hooks": ')
    for (const plan of [planInstall, planRemove])
      expect(() => plan(agent, base)).toThrow('is left as it is: it is no JSON')
    expect(readFileSync(hooksPath(), 'utf8')).toBe('{"hooks": ')
  })

  test('get an older skill of ours replaced', () => {
    put(skillPath(), skillText.replace('no\nsecrets', 'nothing'))
    expect(stateOf(agent, base).skill).toBe('outdated')
    install()
    expect(readFileSync(skillPath(), 'utf8')).toBe(skillText)
  })

  test('S7.20 are never reached through a link: of the file, or of a directory on the way', () => {
    const outside = newDirectory('outside')
    writeFileSync(join(outside, 'settings.json'), '{}')
    symlinkSync(outside, join(base, agent.hooks[0] ?? ''))
    for (const plan of [planInstall, planRemove]) expect(() => plan(agent, base)).toThrow(Failure)
    expect(readdirSync(outside)).toEqual(['settings.json'])
    const other = newDirectory('base')
    mkdirSync(dirname(join(other, ...agent.hooks)), { recursive: true })
    symlinkSync(join(outside, 'settings.json'), join(other, ...agent.hooks))
    expect(() => planInstall(agent, other)).toThrow('is a link')
    expect(readFileSync(join(outside, 'settings.json'), 'utf8')).toBe('{}')
  })

  test('that changed between the look and the deed are left alone', () => {
    put(hooksPath(), '{}')
    const steps = planInstall(agent, base)
    writeFileSync(hooksPath(), '{"new": true}')
    expect(() => carryOut(steps)).toThrow('was changed meanwhile')
    expect(readFileSync(hooksPath(), 'utf8')).toBe('{"new": true}')
    expect(existsSync(skillPath())).toBe(false)
  })
})

test('codex that is told to run no hooks is left as it is, and that is said', () => {
  const base = newDirectory('base')
  const codex = hookedAgents.find(({ name }) => name === 'codex')
  if (codex === undefined) throw new Error('codex is not known')
  mkdirSync(join(base, '.codex'))
  for (const [text, why] of [
    ['[features]\ncodex_hooks = false\n', 'turns hooks off'],
    ['[features]\nhooks=false', 'turns hooks off'],
    ['[features', 'no TOML'],
  ]) {
    writeFileSync(join(base, '.codex', 'config.toml'), text ?? '')
    expect(() => planInstall(codex, base)).toThrow(why)
    expect(readdirSync(join(base, '.codex'))).toEqual(['config.toml'])
  }
  writeFileSync(join(base, '.codex', 'config.toml'), '[features]\ncodex_hooks = true\n')
  expect(planInstall(codex, base)).toHaveLength(2)
})
