import { spawnSync } from 'node:child_process'
import { copyFileSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { HarnessPlace } from '../cli/harness/place.ts'

const executable = inject('executable')
let place: HarnessPlace
beforeEach(() => {
  place = new HarnessPlace()
  unlinkSync(join(place.bin, 'postern'))
  symlinkSync(executable, join(place.bin, 'postern'))
})
const run = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  place.run(words, { program: [executable], env })

describe('an agent of the packaged program', () => {
  test('is not bound by what the program denies itself, and has the NODE_OPTIONS of the person', () => {
    place.agent(
      'stub',
      'console.log(process.env.NODE_OPTIONS, process.permission, process.argv[2])',
      `#!${process.execPath}`,
    )
    expect(run(['run', 'stub', '--permission']).stdout).toBe('undefined undefined --permission\n')
    expect(run(['run', 'stub', 'x'], { NODE_OPTIONS: '--no-warnings' }).stdout).toBe('--no-warnings undefined x\n')
  })

  test('notes, asks and ends as from source; what follows is committed', () => {
    place.agent(
      'stub',
      'postern checkpoint "# Harbour\nbudget: 12 EUR" > /dev/null; postern context | head -1; kill -KILL $$',
    )
    expect(run(['run', '--after', 'librarian', 'stub'])).toMatchObject({ stdout: '# Memory\n', exit: 137 })
    expect(run(['context', '--query', 'budget of the harbour']).stdout).toContain('12 EUR')
    place.agent('asks', 'postern context --query "budget of the harbour"')
    expect(run(['run', 'asks']).stdout).toContain('12 EUR')
    run(['daemon', 'stop'])
  })

  test('with a name that env would take for a setting is not started, and nothing is printed in its place', () => {
    copyFileSync('/bin/true', join(place.bin, 'a=b'))
    expect(run(['run', 'a=b'])).toMatchObject({ stdout: '', exit: 126 })
  })

  test('gets its hooks, and loses them', () => {
    expect(run(['hooks', 'install', 'claude-code', '--yes']).exit).toBe(0)
    expect(run(['hooks', 'remove', 'claude-code', '--yes']).exit).toBe(0)
    expect(spawnSync('ls', ['-A', place.home]).stdout.toString()).not.toContain('.claude')
  })
})
