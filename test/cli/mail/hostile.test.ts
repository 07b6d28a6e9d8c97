import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { wellKnownMessages } from '../../../src/mail/providers/demo/index.ts'
import { has } from '../../needs.ts'
import { newDirectory, postern } from '../../postern.ts'

/** What moves a cursor, renames a window, answers for the person, or lets a text read otherwise than it is. */
const unsafe =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\r(?!\n)/u
const hostile = wellKnownMessages().filter(({ isHostile }) => isHostile)
const query = hostile.map(({ messageId }) => `rfc822msgid:${messageId}`).join(' OR ')

let HOME: string
let ids: string
beforeAll(() => {
  HOME = newDirectory('home')
  run('demo', '-n', '70')
  ids = run('search', query, '--ids').stdout
})

function run(...args: string[]) {
  return postern(['--demo', ...args], { env: { HOME }, input: ids ?? '' })
}

function idOf(name: string): string {
  return run('search', `rfc822msgid:${name}@demo.birchstone.example`, '--ids').stdout.trim()
}

describe('hostile mail', () => {
  test('is found, all of it', () => {
    expect(ids.trim().split('\n')).toHaveLength(hostile.length)
  })

  test.each([
    ['search', query],
    ['search', query, '--format', 'csv'],
    ['search', query, '--json'],
    ['search', query, '--jsonl'],
    ['search', query, '--explain'],
    ['count', 'in:anywhere', '--group-by', 'from'],
    ['count', 'in:anywhere', '--group-by', 'from', '--json'],
    ['show'],
    ['show', '--view', 'text'],
    ['show', '--view', 'markdown'],
    ['show', '--view', 'html'],
    ['show', '--view', 'headers'],
    ['show', '--json'],
    ['thread'],
    ['thread', '--json'],
    ['attachments', 'list'],
    ['attachments', 'list', '--format', 'csv'],
    ['attachments', 'list', '--json'],
    ['labels'],
    ['export', '-f', 'jsonl'],
    ['export', '-f', 'context'],
    ['export', '-f', 'markdown'],
    // What the person pasted comes back as well.
    ['search', 'label:\u001b[31mx\u202ey'],
    ['search', 'form:\u001b[31mx'],
    ['show', '\u001b[31mx'],
    ['search', 'x', '--account', '\u009b31m'],
  ])('%j cannot steer the terminal', (...args) => {
    const { stdout, stderr } = run(...args)
    expect(stdout + stderr).not.toMatch(unsafe)
    expect((stdout + stderr).length).toBeGreaterThan(20)
  })

  test('is the same in JSON as it was sent', () => {
    const [message] = JSON.parse(
      run('search', 'rfc822msgid:right-to-left@demo.birchstone.example', '--json').stdout,
    ).items
    expect(message.subject).toBe('Invoice \u202efdp.exe\u202c paid \u2066safe\u2069')
  })

  test('is shown with what a person should know before they answer', () => {
    expect(run('show', idOf('reply-to-switch')).stdout).toContain('\nReply-To: Andrew Whitlock <mark.black-2134@')
    expect(run('show', idOf('hidden-characters')).stdout).toMatch(/\nNote: \d+ characters in the source cannot be seen/)
    expect(run('show', idOf('hidden-text')).stdout).toMatch(/\nNote: \d+ characters in the source cannot be seen/)
    expect(run('show', idOf('tracking-pixels')).stdout).toContain('\nNote: 3 pictures would come from elsewhere')
    expect(run('show', idOf('address-as-name')).stdout).toContain('<mark.black-2134@quickmail.example>')
    expect(run('search', 'rfc822msgid:address-as-name@demo.birchstone.example').stdout).toContain('mark.black-2134@')
  })

  test('that borrows a name is counted apart from whom it imitates', () => {
    const { items } = JSON.parse(run('count', 'in:anywhere', '--group-by', 'from', '--limit', '1000', '--json').stdout)
    const counts = new Map(items.map(({ key, count }: { key: string; count: number }) => [key, count]))
    expect(counts.get('ines.carvalho@birchst0ne.example')).toBe(1)
    expect(counts.get('ines.carvalho@birchstone.example')).toBeGreaterThan(1)
  })

  test('is a spreadsheet’s text, not its formula', () => {
    const { stdout } = run('search', 'rfc822msgid:formula@demo.birchstone.example', '--format', 'csv')
    expect(stdout.split('\r\n')[0]).toBe('id,date,from,subject')
    expect(stdout).not.toMatch(/(?:^|,)"?=/m)
  })

  test.runIf(has('script'))('its source is made harmless on a terminal, and nowhere else', () => {
    const id = idOf('terminal-escapes')
    const main = resolve(import.meta.dirname, '../../../src/main.ts')
    const command = `${process.execPath} ${main} --demo raw ${id}`
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      env: { PATH: process.env.PATH ?? '', HOME },
      encoding: 'utf8',
    })
    expect(stdout).toContain('\\x1b[2K')
    expect(stdout).not.toMatch(unsafe)
    expect(run('raw', id).stdout).toContain('\u001b[2K')
  })
})
