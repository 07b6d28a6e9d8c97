import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#base/clock.ts'
import { openForReading, openForWriting } from '../../../src/mail/store/database.ts'
import { check, MailReader, MailWriter, seal } from '../../../src/mail/store/index.ts'
import { ingest } from '../../../src/mail/store/ingest.ts'
import { migrate, migrations, schemaVersion } from '../../../src/mail/store/migrations.ts'
import { Writing } from '../../../src/mail/store/writing.ts'
import { directory, letter, mailbox, now, value } from './mailbox.ts'

describe('the file', () => {
  test('and those beside it are for the owner alone, whatever the umask', () => {
    const before = process.umask(0)
    onTestFinished(() => void process.umask(before))
    const box = mailbox()
    box.take([letter()])
    const folder = join(box.path, '..')
    const modes = readdirSync(folder).map(name => [name, statSync(join(folder, name)).mode & 0o777])
    expect(modes.map(([name]) => name).sort()).toEqual(['mail.db', 'mail.db-shm', 'mail.db-wal'])
    for (const [, mode] of modes) expect(mode).toBe(0o600)
  })

  test('that is missing, a directory, foreign, or newer is refused with a reason', () => {
    const folder = directory()
    const refused = (open: { ok: boolean; error?: { code: string } }) => (open.ok ? 'opened' : open.error?.code)
    expect(refused(MailReader.open(join(folder, 'none.db')))).toBe('store_missing')
    mkdirSync(join(folder, 'folder.db'))
    expect(refused(MailWriter.open(join(folder, 'folder.db')))).toBe('store_unreadable')
    writeFileSync(join(folder, 'text.db'), 'From me to you, this is no database at all. '.repeat(200))
    expect(refused(MailWriter.open(join(folder, 'text.db')))).toBe('not_a_store')
    expect(refused(MailReader.open(join(folder, 'text.db')))).toBe('not_a_store')
    const foreign = new DatabaseSync(join(folder, 'foreign.db'))
    foreign.exec('CREATE TABLE bookmarks(url)')
    foreign.close()
    chmodSync(join(folder, 'foreign.db'), 0o644)
    const untouched = readFileSync(join(folder, 'foreign.db'))
    expect(refused(MailWriter.open(join(folder, 'foreign.db')))).toBe('not_a_store')
    expect(refused(MailReader.open(join(folder, 'foreign.db')))).toBe('not_a_store')
    expect(readFileSync(join(folder, 'foreign.db')).equals(untouched)).toBe(true)
    expect(statSync(join(folder, 'foreign.db')).mode & 0o777).toBe(0o644)
    value(MailWriter.open(join(folder, 'new.db'))).close()
    const newer = new DatabaseSync(join(folder, 'new.db'))
    newer.exec(`PRAGMA user_version = ${schemaVersion + 1}`)
    newer.close()
    const before = readFileSync(join(folder, 'new.db'))
    expect(refused(MailWriter.open(join(folder, 'new.db')))).toBe('schema_newer')
    expect(refused(MailReader.open(join(folder, 'new.db')))).toBe('schema_newer')
    expect(readFileSync(join(folder, 'new.db')).equals(before)).toBe(true)
  })

  test('that nobody wrote to yet is not read as an old one', () => {
    const path = join(directory(), 'empty.db')
    writeFileSync(path, '')
    expect(MailReader.open(path)).toMatchObject({ ok: false, error: { code: 'schema_older' } })
    value(MailWriter.open(path)).close()
    value(MailReader.open(path)).close()
  })

  test('can be read from a folder that its reader may not write to', () => {
    const box = mailbox()
    box.take([letter()])
    const folder = join(box.path, '..')
    chmodSync(folder, 0o500)
    onTestFinished(() => chmodSync(folder, 0o700))
    const reader = value(MailReader.open(box.path))
    expect(reader.totals().messages).toBe(1)
    reader.close()
  })

  test('takes no other file in: ATTACH is denied to both kinds of connection', () => {
    const box = mailbox()
    for (const connection of [openForReading(box.path), openForWriting(box.path)]) {
      expect(() => connection.exec(`ATTACH '${box.path}2' AS other`)).toThrow(/not authorized|too many/)
      expect(() => connection.exec("SELECT load_extension('x')")).toThrow()
      connection.close()
    }
  })

  test('cannot be changed through a reader', () => {
    const box = mailbox()
    expect(() => box.reader.statements.run('DELETE FROM messages')).toThrow(/readonly/)
  })

  test('damaged in the middle is found by the check, and a damaged raw is not handed out', () => {
    const box = mailbox()
    const [id = 0] = box.take([letter({ text: 'something' })])
    box.close()
    const database = new DatabaseSync(box.path)
    database.exec('UPDATE blocks SET body = zeroblob(length(body))')
    database.close()
    const reader = value(MailReader.open(box.path))
    onTestFinished(() => reader.close())
    expect(reader.raw(id)).toMatchObject({ ok: false, error: { code: 'raw_corrupt' } })
    expect(value(check(reader, { withRaw: true })).map(({ code }) => code)).toEqual(['raw_damaged'])
    expect(value(check(reader))).toEqual([])
  })
})

describe('migrations', () => {
  test('are numbered without gaps and written down', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, at) => at + 1))
    const box = mailbox()
    const rows = box.reader.statements.all('SELECT version FROM migrations ORDER BY version')
    expect(rows.map(([version]) => version)).toEqual(migrations.map(({ version }) => version))
  })

  test('that fail in the middle leave the schema of before, and run again', () => {
    const path = join(directory(), 'mail.db')
    value(MailWriter.open(path)).close()
    const database = openForWriting(path)
    const next = { version: schemaVersion, name: 'broken', sql: 'CREATE TABLE half(x); INSERT INTO nowhere VALUES (1)' }
    database.exec(`PRAGMA user_version = ${schemaVersion - 1}`)
    expect(() => migrate(database, now, [next])).toThrow(/nowhere/)
    expect(database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'half'").get()).toEqual({ n: 0 })
    const whole = { ...next, sql: 'DELETE FROM migrations; CREATE TABLE half(x)' }
    expect(migrate(database, now, [whole])).toMatchObject({ ok: true, value: { applied: 1 } })
    expect(migrate(database, now, [whole])).toMatchObject({ ok: true, value: { applied: 0 } })
    database.close()
  })
})

describe('a full disk', () => {
  test('refuses the batch, keeps everything before it, and the next batch is stored once there is room', () => {
    const path = join(directory(), 'mail.db')
    value(MailWriter.open(path)).close()
    const writing = new Writing(openForWriting(path), systemClock)
    const noise = () =>
      letter({ raw: randomBytes(200_000), labels: [{ key: `L${randomBytes(4).toString('hex')}`, kind: 'label' }] })
    value(ingest(writing, seal([noise()])))
    const pages = writing.database.prepare('PRAGMA page_count').get()
    writing.database.exec(`PRAGMA max_page_count = ${Number(pages?.page_count) + 40}`)
    const batch = seal(Array.from({ length: 5 }, noise))
    expect(ingest(writing, batch)).toMatchObject({ ok: false, error: { code: 'disk_full' } })
    const reader = value(MailReader.open(path))
    onTestFinished(() => reader.close())
    expect(reader.totals().messages).toBe(1)
    expect(reader.labels().length).toBe(1)
    expect(value(check(reader, { withRaw: true }))).toEqual([])
    writing.database.exec('PRAGMA max_page_count = 1000000')
    expect(value(ingest(writing, batch)).length).toBe(5)
    expect(value(check(reader, { withRaw: true }))).toEqual([])
    writing.database.close()
  })

  test('two writers take turns, and each sees what the other made', () => {
    const box = mailbox()
    const other = value(MailWriter.open(box.path))
    const label = [{ key: 'Shared', kind: 'folder' }] as const
    box.take([letter({ labels: label })])
    value(other.ingest(seal([letter({ labels: label, references: ['root@x.example'] })])))
    box.take([letter({ labels: label, references: ['root@x.example'] })])
    value(other.ingest(seal([letter({ labels: label, references: ['root@x.example'] })])))
    expect(box.reader.labels().map(({ key, total }) => [key, total])).toEqual([['Shared', 4]])
    expect(box.reader.totals().threads).toBe(2)
    expect(value(check(box.reader))).toEqual([])
    other.close()
  })
})
