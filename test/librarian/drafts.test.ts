import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeDraft, encodeDraft, idOf, type NewDraft, newDraft } from '#librarian/drafts/draft.ts'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import { draftStates, isMove } from '#librarian/drafts/state.ts'
import { newDirectory } from '../postern.ts'

const given: NewDraft = {
  surface: 'mcp',
  agent: 'claude',
  project: null,
  operator: null,
  provenance: 'mcp:session/1',
  mail: null,
  tags: ['travel'],
  text: 'Emma prefers the window seat.',
}
const key = Buffer.alloc(32, 7)

function got<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

function queue() {
  const directory = newDirectory('drafts')
  return { directory, queue: got(DraftQueue.open(directory, { create: true })) }
}

describe('a draft', () => {
  test.each([
    ['nothing', { text: ' \n' }, 'draft_empty'],
    ['too much', { text: 'a'.repeat(1024 ** 2 + 1) }, 'draft_too_large'],
    ['a line break in a field', { agent: 'claude\naccepted=1' }, 'draft_field_invalid'],
    ['a bidi override in a field', { provenance: 'file:\u202egpj.exe' }, 'draft_field_invalid'],
    ['a zero-width character in a tag', { tags: ['a\u200bb'] }, 'draft_field_invalid'],
    ['a lone surrogate', { text: 'a\ud800' }, 'draft_field_invalid'],
    ['too many tags', { tags: Array.from({ length: 33 }, String) }, 'draft_field_invalid'],
  ])('with %s is refused', (_what, change, code) => {
    expect(newDraft({ ...given, ...change }, 0)).toMatchObject({ ok: false, error: { code } })
  })

  test('has an id that follows from text and origin, not from its time or tags', () => {
    const { id } = got(newDraft(given, 1))
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    expect(got(newDraft({ ...given, tags: [] }, 2)).id).toBe(id)
    expect(got(newDraft({ ...given, provenance: 'mcp:session/2' }, 1)).id).not.toBe(id)
  })

  test('never shares its id with one of other fields, wherever the borders between them are', () => {
    const fields = fc.record({
      text: fc.string({ unit: fc.constantFrom('a', '\0', '1', ':', '-') }),
      agent: fc.option(fc.string({ unit: fc.constantFrom('a', '\0', '1', ':', '-') })),
      project: fc.option(fc.string({ unit: fc.constantFrom('a', '\0', '1', ':', '-') })),
    })
    const id = (changes: object) => idOf({ ...given, submittedAt: 0, ...changes })
    fc.assert(
      fc.property(fields, fields, (one, other) => {
        expect(id(one) === id(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
      { numRuns: 2_000 },
    )
  })

  test('is read back as it was written, and only under the same key', () => {
    const mail = {
      account: 'work',
      message: '6M1TJ8Z2Q4',
      messageId: 'a@b.example',
      part: '1',
      from: 'david@b.example',
      authentication: 'none',
    } as const
    const draft = got(newDraft({ ...given, surface: 'mail', mail }, 5))
    const file = Buffer.from(encodeDraft(draft, key))
    expect(decodeDraft(file, key)).toEqual({ ok: true, value: draft })
    expect(decodeDraft(file, Buffer.alloc(32, 8))).toMatchObject({ error: { code: 'draft_unreadable' } })
  })

  test('whose surface was raised by hand is not taken for what it says', () => {
    const file = encodeDraft(got(newDraft(given, 5)), key)
    const raised = Buffer.from(file.replace('"source_surface": "mcp"', '"source_surface": "cli"'))
    expect(decodeDraft(raised, key)).toMatchObject({ error: { code: 'draft_id_mismatch' } })
    const reworded = Buffer.from(file.replace('window seat', 'aisle seat'))
    expect(decodeDraft(reworded, key).ok).toBe(false)
    const redated = Buffer.from(file.replace('"submitted_at_unix_ms": 5', '"submitted_at_unix_ms": 6'))
    expect(decodeDraft(redated, key)).toMatchObject({ error: { code: 'draft_unreadable' } })
  })

  test('is refused, never thrown at, whatever the bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => !decodeDraft(bytes, key).ok))
    fc.assert(fc.property(fc.json(), text => !decodeDraft(Buffer.from(text), key).ok))
  })
})

describe('the queue', () => {
  test('keeps a draft once, in whichever state it is', () => {
    const { queue: drafts } = queue()
    const { draft, isNew } = got(drafts.submit(given, 1))
    expect(isNew).toBe(true)
    expect(got(drafts.submit(given, 2))).toMatchObject({ state: 'pending', isNew: false })
    got(drafts.claim(draft.id, 3))
    got(drafts.move(draft.id, 'processing', 'accepted'))
    expect(got(drafts.submit(given, 4))).toMatchObject({ state: 'accepted', isNew: false })
    expect(drafts.ids('pending')).toEqual([])
    expect(got(drafts.read(draft.id)).submittedAt).toBe(1)
  })

  test('allows the moves of its table and no others', () => {
    for (const from of draftStates) {
      for (const to of draftStates) {
        if (isMove(from, to)) continue
        const { queue: drafts } = queue()
        const { id } = got(drafts.submit(given, 1)).draft
        expect(drafts.move(id, from, to)).toMatchObject({ error: { code: 'move_forbidden' } })
        expect(drafts.stateOf(id)).toBe('pending')
      }
    }
  })

  test('gives a draft to one of two that claim it', () => {
    const { queue: drafts } = queue()
    const { id } = got(drafts.submit(given, 1)).draft
    expect(got(drafts.claim(id, 2))).toMatchObject({ claimedAt: 2, pid: process.pid })
    expect(got(drafts.claim(id, 3))).toBeUndefined()
  })

  test('never moves a draft over another of the same name', () => {
    const { directory, queue: drafts } = queue()
    const { id } = got(drafts.submit(given, 1)).draft
    got(drafts.claim(id, 2))
    writeFileSync(join(directory, 'failed', `${id}.json`), 'something else')
    expect(drafts.move(id, 'processing', 'failed')).toMatchObject({ error: { code: 'draft_exists' } })
    expect(drafts.ids('processing')).toEqual([id])
    expect(readFileSync(join(directory, 'failed', `${id}.json`), 'utf8')).toBe('something else')
  })

  test('finishes a move that a crash left half done', () => {
    const { directory, queue: drafts } = queue()
    const { id } = got(drafts.submit(given, 1)).draft
    got(drafts.claim(id, 2))
    writeFileSync(join(directory, 'accepted', `${id}.json`), readFileSync(join(directory, 'processing', `${id}.json`)))
    got(drafts.move(id, 'processing', 'accepted'))
    expect(drafts.ids('processing')).toEqual([])
    expect(drafts.ids('accepted')).toEqual([id])
  })

  test('takes back what a worker left that is gone or too slow, once', () => {
    const { queue: drafts } = queue()
    const ids = ['one', 'two', 'three'].map(text => got(drafts.submit({ ...given, text }, 1)).draft.id)
    for (const [at, id] of ids.entries()) got(drafts.claim(id, 100 * at))
    expect(drafts.recover(100, () => true)).toHaveLength(2)
    expect(drafts.recover(100, () => true)).toEqual([])
    expect(drafts.recover(100, () => false)).toHaveLength(1)
    expect(drafts.ids('pending')).toEqual([...ids].sort())
  })

  test('remembers attempts over restarts, and starts over from a note that was cut short', () => {
    const { directory, queue: drafts } = queue()
    const { id } = got(drafts.submit(given, 1)).draft
    drafts.note(id, { attempts: 2, claimedAt: 0, pid: 0, lastError: { stage: 'commit', code: 'lock_held' } })
    expect(got(DraftQueue.open(directory, { create: false })).work(id).attempts).toBe(2)
    writeFileSync(join(directory, 'work', `${id}.json`), '{"att')
    expect(drafts.work(id).attempts).toBe(0)
  })

  test('opens no link, and shows what does not belong there', () => {
    const { directory, queue: drafts } = queue()
    const { id } = got(drafts.submit(given, 1)).draft
    const other = 'f'.repeat(32)
    symlinkSync(join(directory, 'pending', `${id}.json`), join(directory, 'pending', `${other}.json`))
    writeFileSync(join(directory, 'pending', 'note.txt'), 'x')
    expect(drafts.read(other)).toMatchObject({ error: { code: 'draft_unknown' } })
    expect(drafts.strays('pending')).toEqual(['note.txt'])
    for (const name of ['../../etc', '', 'x']) expect(() => drafts.read(name)).toThrow()
  })

  test('creates nothing when it is only looked at, and is private when it is made', () => {
    const directory = join(newDirectory('drafts'), 'none')
    expect(got(DraftQueue.open(directory, { create: false })).ids('pending')).toEqual([])
    expect(() => statSync(directory)).toThrow()
    const made = queue()
    made.queue.submit(given, 1)
    for (const entry of readdirSync(made.directory, { recursive: true, withFileTypes: true })) {
      const { mode } = statSync(join(entry.parentPath, entry.name))
      expect([entry.name, mode & 0o777 & 0o077]).toEqual([entry.name, 0])
    }
  })

  test('says why when its directory cannot be used', () => {
    const directory = newDirectory('drafts')
    mkdirSync(join(directory, 'x'))
    writeFileSync(join(directory, 'pending'), 'a file')
    expect(DraftQueue.open(directory, { create: true })).toMatchObject({ error: { code: 'queue_unusable' } })
  })
})
