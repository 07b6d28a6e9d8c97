import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { demoEndsAt } from '../../../src/mail/providers/demo/index.ts'
import { search, searchIds } from '../../../src/mail/search/index.ts'
import { MailReader } from '../../../src/mail/store/index.ts'
import { value } from '../../mail/store/mailbox.ts'
import { newDirectory, postern, type Ran } from '../../postern.ts'

const messages = 90

interface Finding {
  readonly code: string
  readonly severity: string
  readonly next?: string
}

/** A person with mail: the demo's, which is as good as any. */
function patient() {
  const HOME = newDirectory('home')
  const run = (...args: string[]): Ran => postern(['--demo', ...args], { env: { HOME } })
  const data = join(HOME, '.local', 'share', 'postern-demo')
  const file = join(data, 'mail.db')
  run('demo', '-n', String(messages))
  return {
    HOME,
    data,
    file,
    run,
    /** Something that happened to the file behind our back. */
    damage: (...sql: string[]) => {
      const database = new DatabaseSync(file)
      for (const statement of sql) database.exec(statement)
      database.close()
    },
    found: (...args: string[]): Finding[] =>
      JSON.parse(run('doctor', '--json', ...args).stdout).checks.flatMap(
        ({ findings }: { findings?: Finding[] }) => findings ?? [],
      ),
  }
}

const moment = { now: demoEndsAt, timeZone: 'UTC' }

function reading<T>(file: string, work: (reader: MailReader) => T): T {
  const reader = value(MailReader.open(file))
  try {
    return work(reader)
  } finally {
    reader.close()
  }
}

describe('postern doctor', () => {
  test('finds nothing wrong where nothing is, and changes nothing', () => {
    const one = patient()
    const before = readFileSync(one.file)
    const { exit, stdout, stderr } = one.run('doctor', '--all')
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(stdout.split('\n').filter(line => line !== '' && !line.startsWith('ok '))).toEqual([])
    expect(readFileSync(one.file).equals(before)).toBe(true)
  })

  test('without mail says what to do, and that is no failure', () => {
    const { exit, stdout } = postern(['doctor'])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^note +store +there is no mail yet\n +next: postern import PATH/m)
    expect(stdout).not.toContain('the store is whole')
  })

  test('names a directory and a file that others can enter, with the command that closes them', () => {
    const one = patient()
    const mark = join(one.data, 'this-is-the-demo')
    chmodSync(mark, 0o644)
    expect(one.found()).toMatchObject([{ code: 'file_not_private', next: `chmod 600 '${mark}'` }])
    chmodSync(mark, 0o600)
    chmodSync(one.data, 0o755)
    expect(one.found()).toMatchObject([{ code: 'path_not_private', next: `chmod 700 ${one.data}` }])
    expect(one.run('doctor').exit).toBe(1)
  })

  test('works with settings that stop every other command', () => {
    const one = patient()
    mkdirSync(join(one.HOME, '.config', 'postern-demo'), { recursive: true, mode: 0o700 })
    writeFileSync(join(one.HOME, '.config', 'postern-demo', 'config.toml'), '[log]\nlevle = "info"\n', { mode: 0o600 })
    expect(one.run('labels').exit).toBe(2)
    expect(one.found()).toMatchObject([{ code: 'config_invalid', severity: 'problem', next: 'postern config check' }])
    expect(one.run('doctor').exit).toBe(1)
  })

  test('a file that is no store, or one of a newer version, is said to be that', () => {
    const one = patient()
    one.damage('PRAGMA user_version = 9999')
    expect(one.found()).toMatchObject([{ code: 'schema_newer' }])
    writeFileSync(one.file, 'not a database, by far not a database')
    expect(one.found()).toMatchObject([{ code: 'not_a_store', severity: 'damage' }])
    expect(one.run('doctor').exit).toBe(6)
  })

  test('finds raw bytes that are not what was kept only when it looks at all of them', () => {
    const one = patient()
    one.damage('UPDATE raws SET sha256 = zeroblob(32) WHERE id = 7')
    expect(one.found()).toEqual([])
    expect(one.found('--all')).toMatchObject([{ code: 'raw_damaged', severity: 'damage' }])
    expect(one.run('doctor', '--all').exit).toBe(6)
  })

  test('finds pages that were overwritten', () => {
    const one = patient()
    const bytes = readFileSync(one.file)
    const middle = Math.floor(bytes.length / 4096 / 2) * 4096
    bytes.fill(0x5a, middle, middle + 3 * 4096)
    writeFileSync(one.file, bytes)
    expect(one.run('doctor').exit).toBe(6)
  })
})

describe('what reindex mends', () => {
  const searches = ['roof garden', 'from:henrik', 'subject:invoice', '木材', 'has:attachment', 'dov*']

  function hits(file: string) {
    return reading(file, reader => searches.map(query => value(searchIds(reader, query, moment)).ids))
  }

  test.each([
    [
      'an index that lost messages',
      "INSERT INTO message_index(message_index) VALUES ('delete-all')",
      'index_missing_messages',
      ['--all'],
    ],
    ['counts of labels', 'UPDATE labels SET total = total + 3, unread = 9', 'label_counts_wrong', []],
    ['counts of threads', 'UPDATE threads SET messages = 77, unread = 5', 'thread_counts_wrong', []],
    ['what an older version read', 'UPDATE messages SET parser_version = 0', 'parser_stale', []],
  ] as const)('%s', (_, sql, code, options) => {
    const one = patient()
    const before = hits(one.file)
    one.damage(sql)
    const [finding] = one.found()
    expect(finding).toMatchObject({ code, next: ['postern reindex', ...options].join(' ') })
    expect(one.run('reindex', ...options).exit).toBe(0)
    expect(one.found('--all')).toEqual([])
    expect(hits(one.file)).toEqual(before)
  })
})

describe('postern reindex', () => {
  test('makes no store where there is none', () => {
    expect(postern(['reindex'])).toMatchObject({ exit: 4, stdout: '' })
  })

  test('reads nothing again when nothing is stale', () => {
    const one = patient()
    expect(JSON.parse(one.run('reindex', '--json').stdout)).toMatchObject({
      derived: 0,
      damaged: [],
      corrected_counts: 0,
    })
    expect(JSON.parse(one.run('reindex', '--all', '--json').stdout)).toMatchObject({ derived: messages })
  })

  test('passes over a message that is damaged, names it, and does the others', () => {
    const one = patient()
    one.damage('UPDATE raws SET sha256 = zeroblob(32) WHERE id = 7', 'UPDATE messages SET parser_version = 0')
    const { exit, stdout, stderr } = one.run('reindex', '--json')
    expect(exit).toBe(6)
    const { derived, damaged } = JSON.parse(stdout)
    expect(derived).toBe(messages - 1)
    expect(stderr).toContain(`${damaged[0]}: its source does not match its hash`)
  })

  test('killed at any time, goes on where it was and ends the same', async () => {
    const one = patient()
    one.run('demo', '-n', '2500')
    const listed = () =>
      reading(one.file, reader => value(search(reader, 'in:anywhere', { ...moment, limit: 1000 })).messages)
    const before = listed()
    const main = resolve(import.meta.dirname, '../../../src/main.ts')
    for (const [options, leftOver] of [
      [['--all'], 2500],
      [[], 1500],
      [[], 500],
    ] as const) {
      const child = spawn(process.execPath, [main, '--demo', 'reindex', ...options], {
        env: { PATH: process.env.PATH ?? '', HOME: one.HOME },
        stdio: 'ignore',
      })
      const gone = once(child, 'exit')
      // As soon as so many are left, whatever it is doing then.
      const look = setInterval(() => {
        const stale = reading(one.file, reader => reader.staleMessages(1, -1, 5000).length)
        if (stale > 0 && stale <= leftOver) child.kill('SIGKILL')
      }, 1)
      await gone
      clearInterval(look)
      expect(child.signalCode).toBe('SIGKILL')
    }
    expect(one.run('reindex').exit).toBe(0)
    expect(one.found('--all')).toEqual([])
    expect(listed()).toEqual(before)
  }, 60_000)
})
