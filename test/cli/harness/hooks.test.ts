import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { HarnessPlace } from './place.ts'

let place: HarnessPlace
beforeEach(() => {
  place = new HarnessPlace()
})

test('an agent that is not known, or is asked for by an agent, is refused', () => {
  expect(place.run(['hooks', 'install', 'claude'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('claude-code'),
  })
  expect(place.run(['hooks', 'install', 'codex', '--yes'], { env: { POSTERN_AGENT: 'x' } }).exit).toBe(5)
})

test('install says what it would change, and changes it with --yes alone', () => {
  const file = join(place.home, '.claude', 'settings.json')
  mkdirSync(join(place.home, '.claude'))
  writeFileSync(file, '{\n  "model": "opus"\n}\n')
  const looked = place.run(['hooks', 'install', 'claude-code'])
  expect(looked.stdout).toContain(
    `change ${file}\n    {\n  -   "model": "opus"\n  +   "model": "opus",\n  +   "hooks": {`,
  )
  expect(looked.stderr).toContain('next: postern hooks install claude-code --yes')
  expect(readFileSync(file, 'utf8')).toBe('{\n  "model": "opus"\n}\n')
  expect(place.run(['hooks', 'show', 'claude-code']).stdout).toMatch(/^hook {3}missing/)
  expect(place.run(['hooks', 'install', 'claude-code', '--yes'])).toMatchObject({ exit: 0, stderr: 'done\n' })
  expect(place.run(['hooks', 'show', 'claude-code', '--json']).stdout).toContain('"state":"installed"')
  expect(place.run(['hooks', 'install', 'claude-code', '--yes']).stderr).toBe('all of it is there already\n')
  expect(place.run(['hooks', 'remove', 'claude-code', '--yes']).exit).toBe(0)
  expect(readFileSync(file, 'utf8')).toBe('{\n  "model": "opus"\n}\n')
})

test('the hook that was installed gives an agent its memory, in the repository whose it is', () => {
  expect(place.run(['hooks', 'install', 'codex', '--scope', 'project', '--yes']).stderr).toContain('trust the hook')
  const hooks = JSON.parse(readFileSync(join(place.repository, '.codex', 'hooks.json'), 'utf8'))
  place.agent('codex', hooks.hooks.SessionStart[0].hooks[0].command)
  expect(place.run(['run', 'codex']).stdout).toContain('# Postern: memory for this session')
  expect(existsSync(join(place.repository, '.agents', 'skills', 'postern-memory', 'SKILL.md'))).toBe(true)
  expect(existsSync(join(place.home, '.codex'))).toBe(false)
})
