import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, test } from 'vitest'
import { newDirectory, postern, type Ran } from '../../postern.ts'

const messages = 160
let HOME: string
let all: string[]

function demo(...args: string[]): Ran {
  return postern(['--demo', ...args], { env: { HOME } })
}

beforeAll(() => {
  HOME = newDirectory('home')
  demo('demo', '-n', String(messages))
  all = demo('search', 'in:anywhere', '--sort', 'oldest', '-n', '1000', '--ids').stdout.trim().split('\n')
})

/** Whoever has imported what was exported: the digests of all raw bytes there. */
function imported(path: string): { digests: string[]; run: (...args: string[]) => Ran } {
  const home = newDirectory('other')
  const run = (...args: string[]) => postern(args, { env: { HOME: home } })
  expect(run('import', path).exit).toBe(0)
  return { digests: digestsIn(join(home, '.local/share/postern/mail.db')), run }
}

function digestsIn(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare('SELECT hex(sha256) AS digest FROM raws ORDER BY 1').all()
  database.close()
  return rows.map(({ digest }) => String(digest))
}

function original(): string[] {
  return digestsIn(join(HOME, '.local/share/postern-demo/mail.db'))
}

function place(name: string): string {
  return join(newDirectory('out'), name)
}

describe('postern export refuses', () => {
  test('what it cannot write as one stream', () => {
    for (const args of [
      ['-f', 'maildir'],
      ['-f', 'eml'],
      ['-f', 'markdown', '--attachments', 'files'],
      ['-f', 'mbox', '--attachments', 'inline'],
      ['-f', 'eml', '--max-tokens', '900'],
      ['-f', 'context', '--max-tokens', '10'],
      ['-f', 'mbox', '--json'],
    ]) {
      expect(demo('export', '--search', 'in:anywhere', ...args)).toMatchObject({ exit: 2 })
    }
  })

  test('ids together with a search, a query that has an error, and ids that are none', () => {
    expect(demo('export', '--search', 'x', all[0] ?? '')).toMatchObject({ exit: 2, stdout: '' })
    expect(demo('export', '--search', 'form:ines')).toMatchObject({ exit: 2, stdout: '' })
    expect(demo('export', 'zzzzzzzzzz')).toMatchObject({ exit: 4, stdout: '' })
    expect(demo('export', all[0] ?? '', '--since-id', 'x!')).toMatchObject({ exit: 2, stdout: '' })
    expect(demo('export', '--search', 'nosuchwordanywhere')).toMatchObject({ exit: 4, stdout: '' })
  })

  test('to write over a file, whatever the format', () => {
    for (const format of ['mbox', 'jsonl', 'context']) {
      const file = place('there')
      writeFileSync(file, 'mine')
      expect(demo('export', all[0] ?? '', '-f', format, '-o', file)).toMatchObject({ exit: 1 })
      expect(readFileSync(file, 'utf8')).toBe('mine')
    }
    const folder = newDirectory('out')
    writeFileSync(join(folder, `${all[0]}.eml`), 'mine')
    expect(demo('export', all[0] ?? '', '-o', folder)).toMatchObject({ exit: 1 })
    expect(readFileSync(join(folder, `${all[0]}.eml`), 'utf8')).toBe('mine')
  })

  test('to write through a link, one that leads nowhere included', () => {
    const folder = newDirectory('out')
    const target = join(newDirectory('elsewhere'), 'target')
    symlinkSync(target, join(folder, `${all[0]}.eml`))
    expect(demo('export', all[0] ?? '', '-o', folder)).toMatchObject({ exit: 1, stdout: '' })
    expect(demo('export', all[0] ?? '', '-f', 'mbox', '-o', join(folder, `${all[0]}.eml`))).toMatchObject({ exit: 1 })
    expect(existsSync(target)).toBe(false)
  })
})

describe('postern export', () => {
  test('eml is the message byte for byte, on standard output and as files', () => {
    const [id = ''] = all
    expect(demo('export', id).stdout).toBe(demo('raw', id).stdout)
    const folder = place('letters')
    expect(demo('export', '--search', 'in:anywhere', '-o', folder).exit).toBe(0)
    const digests = readdirSync(folder).map(name =>
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')
        .toUpperCase(),
    )
    expect(digests.sort()).toEqual(original())
    expect(readdirSync(folder).sort()).toEqual(all.map(id => `${id}.eml`).sort())
  })

  test('mbox imported gives the same messages', () => {
    const file = place('all.mbox')
    expect(demo('export', '--search', 'in:anywhere', '-f', 'mbox', '-o', file).exit).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(imported(file).digests).toEqual(original())
  })

  test('Maildir imported gives the same messages, flags and folders', () => {
    const folder = place('Maildir')
    expect(demo('export', '--search', 'in:anywhere', '-f', 'maildir', '-o', folder).exit).toBe(0)
    const { digests, run } = imported(folder)
    expect(digests).toEqual(original())
    for (const query of [
      'is:unread in:anywhere',
      'is:starred in:anywhere',
      'in:sent',
      'in:trash',
      'in:inbox',
      'in:drafts',
    ]) {
      expect(`${query}: ${run('count', query).stdout}`).toBe(`${query}: ${demo('count', query).stdout}`)
    }
  })

  test('the same again writes nothing, and what is missing is added', () => {
    const folder = place('letters')
    const again = () => JSON.parse(demo('export', '--search', 'in:anywhere', '-o', folder, '--json').stdout)
    expect(again()).toMatchObject({ exported: messages, already_there: 0, last_id: all.at(-1) })
    expect(again()).toMatchObject({ exported: 0, already_there: messages })
    rmSync(join(folder, `${all[7]}.eml`))
    expect(again()).toMatchObject({ exported: 1, already_there: messages - 1 })
    expect(readdirSync(folder).filter(name => name.startsWith('.'))).toEqual([])
  })

  test('goes on after an id', () => {
    const lines = demo('export', '--search', 'in:anywhere', '-f', 'jsonl', '--since-id', all[99] ?? '')
      .stdout.trim()
      .split('\n')
    expect(lines.map(line => JSON.parse(line).id)).toEqual(all.slice(100))
  })

  test('is in one order, each message once, however the ids come', () => {
    const ids = [all[5], all[2], all[5], all[9]].join('\n')
    const lines = postern(['--demo', 'export', '-f', 'jsonl'], { env: { HOME }, input: `${ids}\n` }).stdout.trim()
    expect(lines.split('\n').map(line => JSON.parse(line).id)).toEqual([all[2], all[5], all[9]])
  })

  test('takes threads by their id', () => {
    const [first] = demo(
      'search',
      'rfc822msgid:roof-garden-1@demo.birchstone.example',
      '--format',
      'jsonl',
    ).stdout.split('\n')
    const { thread_id: thread } = JSON.parse(first ?? '')
    const lines = demo('export', thread, '-f', 'jsonl').stdout.trim().split('\n')
    expect(lines.map(line => JSON.parse(line).message_id.split('@')[0])).toEqual([
      'roof-garden-1',
      'roof-garden-2',
      'roof-garden-3',
      'roof-garden-4',
      'draft',
    ])
  })

  test('JSON Lines have a version, the text, and attachments as they were asked for', () => {
    const query = 'rfc822msgid:invoice@demo.birchstone.example'
    const [line = ''] = demo('export', '--search', query, '-f', 'jsonl', '--attachments', 'inline').stdout.split('\n')
    const message = JSON.parse(line)
    expect(message).toMatchObject({
      schema_version: 1,
      subject: expect.stringContaining('2026-0917'),
      flags: { read: true },
    })
    const [file] = message.attachments
    expect(file).toMatchObject({ filename: 'invoice-2026-0917.pdf', content_type: 'application/pdf' })
    expect(Buffer.from(file.base64, 'base64').toString('latin1')).toMatch(/^%PDF-1\.4/)
  })

  test('attachments become files beside the Markdown, under names that stay in their folder', () => {
    const folder = place('notes')
    const query = 'rfc822msgid:script-attachments@demo.birchstone.example'
    expect(demo('export', '--search', query, '-f', 'markdown', '--attachments', 'files', '-o', folder).exit).toBe(0)
    const [id = ''] = demo('search', query, '--ids').stdout.trim().split('\n')
    expect(readdirSync(folder).sort()).toEqual([id, `${id}.md`])
    expect(readdirSync(join(folder, id)).sort()).toEqual(['-rf ~', 'attachment-CON.txt', 'bashrc', 'minutes.pdf.js'])
    expect(existsSync(join(folder, '..', '.bashrc'))).toBe(false)
  })

  test('context says on stderr what did not fit', () => {
    const { stdout, stderr, exit } = demo('export', '--search', 'in:anywhere', '-f', 'context', '--max-tokens', '1200')
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^Mail: \d+ of the 160 messages asked for/)
    expect(stderr).toMatch(/\d+ older ones do not fit into 1200 tokens/)
    const again = demo('export', '--search', 'in:anywhere', '-f', 'context', '--max-tokens', '1200').stdout
    const code = (text: string) => / code ([0-9a-f]{20})/.exec(text)?.[1]
    expect(code(again)).not.toBe(code(stdout))
    expect(again.replaceAll(code(again) ?? '', '')).toBe(stdout.replaceAll(code(stdout) ?? '', ''))
  })
})
