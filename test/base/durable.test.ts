import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newDirectory } from '../postern.ts'

const steps = `
  import { constants, openSync, renameSync, writeSync } from 'node:fs'
  import { durable, syncDirectory, syncFile, syncFileData, syncRenamed, truncateDurably } from '#base/durable.ts'
  import { writePrivateFile } from '#base/private-file.ts'
  const directory = process.env.PLACE
  const descriptor = openSync(directory + '/a', constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | durable(), 0o600)
  writeSync(descriptor, 'abcdef')
  syncFile(descriptor)
  syncFileData(descriptor)
  truncateDurably(descriptor, 4)
  syncDirectory(directory)
  renameSync(directory + '/a', directory + '/b')
  syncRenamed(directory + '/b', directory)
  truncateDurably(openSync(directory + '/c', constants.O_RDWR | constants.O_CREAT | durable(), 0o600), 0)
  writePrivateFile(directory + '/d', 'one')
  writePrivateFile(directory + '/d', 'two', { backup: directory + '/e' })
`

describe.each([
  ['without', []],
  ['under', ['--permission', '--allow-fs-read=*', '--allow-fs-write=*']],
])('%s the permission model', (_word, options) => {
  test('files are written, cut, renamed and synced', () => {
    const directory = newDirectory('durable')
    const ran = spawnSync(process.execPath, [...options, '--input-type=module-typescript', '-e', steps], {
      encoding: 'utf8',
      env: { PLACE: directory },
      cwd: process.cwd(),
    })
    expect({ stderr: ran.stderr, status: ran.status }).toEqual({ stderr: '', status: 0 })
    const text = (name: string) => readFileSync(join(directory, name), 'utf8')
    expect([text('b'), text('c'), text('d'), text('e')]).toEqual(['abcd', '', 'two', 'one'])
  })
})
