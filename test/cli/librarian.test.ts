import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { letter, tree } from '../mail/import/tree.ts'
import { newDirectory } from '../postern.ts'
import { inProcess } from './memory/in-process.ts'

let home: string
let directory: string

beforeEach(() => {
  home = newDirectory('home')
  directory = newDirectory('memory')
})

const log = () => join(directory, 'canonical.log')
const run = (words: readonly string[], input = '') => inProcess([...words, '--log', log()], { home, input })
const memory = (...words: string[]) => run(['memory', ...words])
const librarian = () => run(['librarian', 'run', '--json'])

async function json(...words: string[]) {
  const { stdout, stderr, exit } = await run([...words, '--json'])
  if (stdout === '') throw new Error(`nothing on stdout (${exit}): ${stderr}`)
  return JSON.parse(stdout)
}

/** A draft out of text, and its id. */
async function submit(text: string, ...words: string[]): Promise<string> {
  const { stdout, stderr } = await run(['memory', 'draft', 'submit', '-', ...words], text)
  const id = /^([0-9a-f]{32}) waits/.exec(stdout)?.[1]
  if (id === undefined) throw new Error(stderr)
  return id
}

describe('memory draft', () => {
  test('what is submitted waits, is listed and shown, and becomes memory when the librarian comes', async () => {
    const id = await submit('# Dora\nbirthday: 1990-02-03\nemployer: Acme\n', '--agent', 'claude', '--tag', 'people')
    expect((await memory('draft', 'list')).stdout).toMatch(new RegExp(`^${id} {2}pending {2}cli`))
    expect((await memory('draft', 'list', '--format', 'ids')).stdout).toBe(`${id}\n`)
    const shown = await memory('draft', 'show', id)
    expect(shown.stdout).toContain('State: pending')
    expect(shown.stdout).toContain('employer: Acme')
    expect(shown.stdout).toContain('claude')
    expect(await json('librarian', 'run')).toMatchObject({ drafts: 1, states: { accepted: 1 }, facts: 2, refused: 0 })
    expect(await json('librarian', 'run')).toMatchObject({ drafts: 0, states: {}, items: [] })
    expect((await memory('query', '(query :s @dora :p @employer)')).stdout).toContain('"Acme"')
    expect((await memory('draft', 'list', '--state', 'accepted', '--format', 'ids')).stdout).toBe(`${id}\n`)
  })

  test('from a file, the same twice is one draft', async () => {
    const file = join(newDirectory('notes'), 'a.md')
    writeFileSync(file, '# Eve\ncity: Paris\n')
    const first = await memory('draft', 'submit', file)
    const second = await memory('draft', 'submit', file)
    expect([first.exit, second.exit]).toEqual([0, 0])
    expect((await memory('draft', 'list', '--format', 'ids')).stdout.trim().split('\n')).toHaveLength(1)
  })

  test('a rejected one comes back only when a person asks for it, an accepted one cannot be put away', async () => {
    const id = await submit('# Eve\ncity: Paris\n')
    expect((await memory('draft', 'reject', id)).exit).toBe(0)
    expect(await json('librarian', 'run')).toMatchObject({ drafts: 0 })
    const twice = await run(['memory', 'draft', 'submit', '-'], '# Eve\ncity: Paris\n')
    expect(twice.stdout).toBe(`${id} was proposed before: rejected\n`)
    expect(await json('librarian', 'run')).toMatchObject({ drafts: 0 })
    expect((await memory('draft', 'requeue', id)).exit).toBe(0)
    expect(await json('librarian', 'run')).toMatchObject({ drafts: 1, states: { accepted: 1 } })
    const late = await memory('draft', 'reject', id)
    expect(late.exit).toBe(5)
    expect(late.stderr).toMatch(/goes not from accepted to rejected/)
  })

  test('several at once: what cannot be is named, the others are done', async () => {
    const [one, two] = [await submit('# A\nx: 1\n'), await submit('# B\nx: 2\n')]
    const done = await memory('draft', 'accept', one, two)
    expect(done).toMatchObject({ exit: 0 })
    expect(await json('memory', 'query', '(query :p @x)')).toMatchObject({ records: [{}, {}] })
  })
})

describe('conflicts', () => {
  test('what says something else than memory waits for a person, whose word then holds', async () => {
    await submit('# Dora\nemployer: Acme\n')
    await librarian()
    const id = await submit('(sem @dora employer "Globex" :src @observation :c 0.5 :v 2026-01-01)', '--surface', 'mcp')
    const passed = await run(['librarian', 'run'])
    expect(passed.stdout).toMatch(/^1 draft: 1 conflict; 0 memories/)
    expect(passed.stderr).toContain('postern memory conflicts')
    const conflicts = await memory('conflicts')
    expect(conflicts.stdout).toMatch(new RegExp(`^${id} \\(mcp\\)\\n {2}says .*"Globex".*\\n {2}memory .*"Acme"`))
    expect((await memory('query', '(query :s @dora)')).stdout).toContain('"Acme"')
    expect((await memory('draft', 'accept', id)).stdout).toContain('1 memory')
    const now = (await memory('query', '(query :s @dora :p @employer)')).stdout
    expect(now).toContain('"Globex"')
    expect(now).not.toContain('"Acme"')
    expect((await memory('history', '@dora', '@employer')).stdout).toMatch(/"Acme"[\s\S]*"Globex"/)
  })
})

describe('sweep', () => {
  test('takes in text, follows no link, names what it leaves out', async () => {
    const notes = newDirectory('notes')
    mkdirSync(join(notes, 'below'))
    writeFileSync(join(notes, 'a.md'), '# Eve\ncity: Paris\n')
    writeFileSync(join(notes, 'below', 'b.txt'), '# Finn\ncity: Oslo\n')
    writeFileSync(join(notes, 'c.md'), '\n')
    writeFileSync(join(notes, 'd.bin'), new Uint8Array([0, 1, 2, 255]))
    const secret = join(newDirectory('elsewhere'), 'secret.md')
    writeFileSync(secret, '# Secret\nword: xyzzy\n')
    symlinkSync(secret, join(notes, 'link.md'))
    const swept = await memory('sweep', notes)
    expect(swept.exit).toBe(0)
    expect(swept.stdout + swept.stderr).toMatch(/2 proposed, 0 known before/)
    expect(swept.stderr).toContain('c.md (draft_empty)')
    expect((await memory('sweep', notes)).stdout).toMatch(/0 proposed, 2 known before/)
    await librarian()
    expect((await memory('recall', 'Finn', 'city')).stdout).toContain('Oslo')
    expect((await memory('recall', 'secret', 'xyzzy')).stdout).not.toContain('xyzzy')
  })

  test('of a place that is not there says so', async () => {
    const swept = await memory('sweep', join(directory, 'nowhere'))
    expect(swept).toMatchObject({ exit: 4 })
    expect(swept.stderr).toContain('there is no ')
  })
})

describe('capture, why, revoke', () => {
  test('a memory of mail leads back to its message, and is taken back with its sender', async () => {
    const mail = tree({
      'cur/1.a': letter('parcel', '# Parcel\ncarrier: DHL\n'),
      'cur/2.b': letter('other', 'nothing of it'),
    })
    expect((await inProcess(['import', mail], { home })).exit).toBe(0)
    const captured = await memory('capture', '--search', 'subject:parcel')
    expect(captured.exit).toBe(0)
    await librarian()
    const [hit] = (await json('memory', 'recall', 'parcel carrier')).items
    expect(hit).toMatchObject({ confirmed: false, source: { surface: 'mail' } })
    expect(hit.source.mail.message_id).toMatch(/@/)
    const why = await memory('why', hit.records[0])
    expect(why.stdout).toContain(hit.source.mail.message_id)
    const sender: string = hit.source.mail.from
    const wouldBe = await memory('revoke', '--source', sender)
    expect(wouldBe).toMatchObject({ exit: 0 })
    expect(wouldBe.stdout).toMatch(/^would be revoked: 1 drafts/)
    expect((await memory('recall', 'parcel', 'carrier')).stdout).toContain('DHL')
    expect((await memory('revoke', '--source', sender, '--reason', 'forged', '--yes')).exit).toBe(0)
    expect((await json('memory', 'recall', 'parcel carrier')).items).toEqual([])
    expect((await memory('why', hit.records[0])).stdout).toContain('forged')
    expect((await memory('verify')).exit).toBe(0)
  })

  test('a query leaves out what was taken back and says so; --revoked shows it', async () => {
    await submit('# Eve\ncity: Paris\n', '--surface', 'directory')
    await submit('# Finn\ncity: Oslo\n')
    await librarian()
    await memory('revoke', '--source', 'directory', '--reason', 'wrong', '--yes')
    const asked = await memory('query', '(query :p @city)')
    expect(asked.stdout).toContain('Oslo')
    expect(asked.stdout).not.toContain('Paris')
    expect(asked.stderr).toContain('1 revoked; --revoked shows')
    expect(await json('memory', 'query', '(query :p @city)')).toMatchObject({ records: [{}], revoked_left_out: 1 })
    expect((await memory('query', '(query :p @city)', '--revoked')).stdout).toContain('Paris')
  })
})

describe('bad input', () => {
  test.each([
    ['a file that is not there', ['memory', 'draft', 'submit', 'nowhere.md'], 4, /cannot read nowhere.md/],
    ['a draft that says nothing', ['memory', 'draft', 'submit', '-'], 2, /the draft says nothing/],
    ['an unknown state', ['memory', 'draft', 'list', '--state', 'odd'], 2, /must be one of pending/],
    ['an unknown draft', ['memory', 'draft', 'show', '0'.repeat(32)], 4, /there is no draft/],
    ['a path for an id', ['memory', 'draft', 'show', '../../etc/passwd'], 4, /there is no draft/],
    ['an unknown surface', ['memory', 'draft', 'submit', '-', '--surface', 'god'], 2, /--surface must be one of/],
    ['a question without words', ['memory', 'recall'], 2, /needs TEXT/],
    ['a revocation without a source', ['memory', 'revoke'], 2, /--source/],
    ['a limit that is no number', ['librarian', 'run', '--limit', 'x'], 2, /whole number/],
  ] as const)('%s is refused with the way on', async (_, words, exit, message) => {
    await memory('init')
    const ran = await run(words)
    expect(ran).toMatchObject({ exit, stdout: '' })
    expect(ran.stderr).toMatch(message)
  })

  test('a draft over the limit is not half kept', async () => {
    await memory('init')
    const ran = await run(['memory', 'draft', 'submit', '-'], 'a'.repeat((1 << 20) + 1))
    expect(ran).toMatchObject({ exit: 2 })
    const pending = join(directory, 'drafts', 'pending')
    expect(existsSync(pending) ? readdirSync(pending) : []).toEqual([])
  })

  test('what asks makes nothing', async () => {
    for (const words of [['draft', 'list'], ['conflicts'], ['recall', 'x'], ['history', '@x']]) {
      await memory(...words)
    }
    expect(readdirSync(directory)).toEqual([])
  })

  test('a draft that was changed on disk is put aside, not believed', async () => {
    const id = await submit('# Dora\nemployer: Acme\n')
    const file = join(directory, 'drafts', 'pending', `${id}.json`)
    writeFileSync(file, readFileSync(file, 'utf8').replace('Acme', 'Evil'))
    const passed = await run(['librarian', 'run'])
    expect(passed.exit).toBe(1)
    expect(passed.stderr).toContain(`${id} is quarantined: draft_id_mismatch`)
    expect((await memory('recall', 'Evil')).stdout).not.toContain('Evil')
  })
})
