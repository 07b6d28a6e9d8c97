import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChangePage, KnownPlace, MailProvider, Place } from '#mail/providers/provider.ts'
import { FLAG } from '#mail/store/incoming.ts'
import { value } from '../sync/box.ts'

/** Another client of the same mail, which the provider under test knows nothing of. */
export interface Elsewhere {
  put(mailbox: string, raw: string): Promise<void>
  star(mailbox: string, uid: number): Promise<void>
  expunge(mailbox: string, uid: number): Promise<void>
  create(mailbox: string): Promise<void>
}

export interface Subject {
  /** With INBOX and Archive, both empty. */
  readonly provider: MailProvider
  readonly elsewhere: Elsewhere
  /** What all mailboxes but the inbox begin with. */
  readonly prefix?: string
  stop(): Promise<void>
}

/** What every provider promises (`src/mail/providers/provider.ts`). */
export function conforms(name: string, make: () => Promise<Subject>): void {
  describe(`the provider of ${name}`, () => {
    let subject: Subject
    let provider: MailProvider
    const signal = new AbortController().signal
    const known = new Map<number, KnownPlace>()
    let cursor: string | null = null
    let archive = ''

    beforeEach(async () => {
      subject = await make()
      provider = subject.provider
      known.clear()
      cursor = null
      archive = `${subject.prefix ?? ''}Archive`
    })
    afterEach(() => subject?.stop())

    const letter = (number: number, body = 'hello') =>
      `From: a@example.org\r\nMessage-ID: <m${number}@example.org>\r\nSubject: number ${number}\r\n\r\n${body}\r\n`
    const put = async (count: number) => {
      for (let number = 1; number <= count; number++) await subject.elsewhere.put('INBOX', letter(number))
    }
    /** Keeps what came as a store would, and stops after so many pages. */
    const pull = async (pagesMax = Number.POSITIVE_INFINITY, mailbox = 'INBOX'): Promise<ChangePage[]> => {
      const pages: ChangePage[] = []
      for await (const page of provider.changes({ mailbox, cursor, known: () => [...known.values()], signal })) {
        const got = value(page)
        pages.push(got)
        for (const { uid, flags } of got.arrivals) known.set(uid, { uid, flags })
        for (const { uid, flags } of got.flags) if (known.has(uid)) known.set(uid, { uid, flags })
        for (const uid of got.gone) known.delete(uid)
        cursor = got.cursor
        if (pages.length >= pagesMax) break
      }
      return pages
    }
    /** A server without mod-sequences tells all flags again, the same ones. */
    const hasNothingNew = async () => {
      const before = JSON.stringify([...known.values()].sort((one, other) => one.uid - other.uid))
      const pages = await pull()
      expect([arrived(pages), pages.flatMap(({ gone }) => gone)]).toEqual([[], []])
      expect(JSON.stringify([...known.values()].sort((one, other) => one.uid - other.uid))).toBe(before)
    }
    const arrived = (pages: readonly ChangePage[]) => pages.flatMap(({ arrivals }) => arrivals.map(({ uid }) => uid))
    const placeOf = (pages: readonly ChangePage[], uid: number): Place => {
      return { mailbox: 'INBOX', uidvalidity: pages[0]?.uidvalidity ?? 0, uid }
    }

    test('lists the inbox first, with its role', async () => {
      const mailboxes = value(await provider.mailboxes(signal))
      expect(mailboxes[0]).toMatchObject({ key: 'INBOX', role: 'inbox' })
      expect(mailboxes.map(({ key }) => key)).toContain(archive)
    })

    test('hands over every message once, byte for byte, the newest first, and then has nothing to say', async () => {
      await put(130)
      const pages = await pull()
      const uids = arrived(pages)
      expect(uids).toEqual([...uids].sort((one, other) => other - one))
      expect(new Set(uids).size).toBe(130)
      expect(Buffer.from(pages.at(-1)?.arrivals[0]?.raw ?? pages[0]?.arrivals.at(-1)?.raw ?? []).toString()).toContain(
        '<m',
      )
      const raws = pages.flatMap(({ arrivals }) => arrivals.map(({ raw }) => Buffer.from(raw).toString('latin1')))
      expect(new Set(raws)).toEqual(new Set(Array.from({ length: 130 }, (_, at) => letter(at + 1))))
      expect(pages.at(-1)?.remaining).toBe(0)
      await hasNothingNew()
    })

    test('goes on where somebody stopped, and misses nothing', async () => {
      await put(130)
      const first = arrived(await pull(1))
      await subject.elsewhere.put('INBOX', letter(131))
      const rest = arrived(await pull())
      expect(new Set([...first, ...rest]).size).toBe(131)
      await hasNothingNew()
    })

    test('begins anew with a cursor that is not its own', async () => {
      await put(3)
      cursor = '{"what": 1}'
      expect(arrived(await pull()).length).toBe(3)
    })

    test('tells of mail, flags and removals by others', async () => {
      await put(5)
      const [oldest = 0, second = 0] = arrived(await pull()).sort((one, other) => one - other)
      await subject.elsewhere.star('INBOX', oldest)
      await subject.elsewhere.expunge('INBOX', second)
      await subject.elsewhere.put('INBOX', letter(6))
      const pages = await pull()
      const starred = pages.flatMap(({ flags }) => flags.filter(({ flags: bits }) => (bits & FLAG.starred) !== 0))
      expect(starred.map(({ uid }) => uid)).toEqual([oldest])
      expect(pages.flatMap(({ gone }) => gone)).toEqual([second])
      expect(arrived(pages).length).toBe(1)
      await hasNothingNew()
    })

    test('sets and clears flags and keywords of many, and says who was not there', async () => {
      await put(4)
      const pages = await pull()
      const [one = 0, two = 0] = arrived(pages)
      const targets = [placeOf(pages, one), placeOf(pages, two), placeOf(pages, 4_000_000)]
      const done = value(
        await provider.apply(
          { kind: 'flags', targets, add: ['read', 'starred'], remove: [], addKeywords: ['Todo'] },
          signal,
        ),
      )
      expect(done.map(({ status }) => status)).toEqual(['done', 'done', 'gone'])
      const states = (await pull()).flatMap(({ flags }) => flags)
      const changed = states.filter(({ flags }) => flags === (FLAG.read | FLAG.starred))
      expect(changed.map(({ uid, keywords }) => [uid, keywords]).sort()).toEqual(
        [
          [one, ['Todo']],
          [two, ['Todo']],
        ].sort(),
      )
      const back = await provider.apply(
        { kind: 'flags', targets, add: [], remove: ['starred'], removeKeywords: ['Todo'] },
        signal,
      )
      expect(value(back).map(({ status }) => status)).toEqual(['done', 'done', 'gone'])
      const after = (await pull()).flatMap(({ flags }) => flags).filter(({ uid }) => uid === one)
      expect(after).toMatchObject([{ flags: FLAG.read, keywords: [] }])
    })

    test('moves and copies, says where the copies are, and that what was moved is gone', async () => {
      await put(3)
      const pages = await pull()
      const [one = 0, two = 0] = arrived(pages)
      const moved = value(await provider.apply({ kind: 'move', targets: [placeOf(pages, one)], to: archive }, signal))
      const copied = value(await provider.apply({ kind: 'copy', targets: [placeOf(pages, two)], to: archive }, signal))
      expect([...moved, ...copied]).toMatchObject([
        { status: 'done', place: { mailbox: archive } },
        { status: 'done', place: { mailbox: archive } },
      ])
      const again = value(await provider.apply({ kind: 'move', targets: [placeOf(pages, one)], to: archive }, signal))
      expect(again).toEqual([{ status: 'gone' }])
      expect((await pull()).flatMap(({ gone }) => gone)).toEqual([one])
      known.clear()
      cursor = null
      expect(arrived(await pull(Number.POSITIVE_INFINITY, archive)).length).toBe(2)
    })

    test('removes for good what it is told to, and only that', async () => {
      await put(3)
      const pages = await pull()
      const [one = 0] = arrived(pages)
      const done = value(await provider.apply({ kind: 'expunge', targets: [placeOf(pages, one)] }, signal))
      expect(done).toEqual([{ status: 'done' }])
      expect((await pull()).flatMap(({ gone }) => gone)).toEqual([one])
      expect(known.size).toBe(2)
    })

    test('a place of another UIDVALIDITY is no place', async () => {
      await put(1)
      const pages = await pull()
      const target = { ...placeOf(pages, arrived(pages)[0] ?? 0), uidvalidity: 1 }
      expect(value(await provider.apply({ kind: 'expunge', targets: [target] }, signal))).toEqual([{ status: 'gone' }])
    })

    test('a folder that is not there is a refusal with that code', async () => {
      await put(1)
      const pages = await pull()
      const moved = await provider.apply(
        { kind: 'move', targets: [placeOf(pages, arrived(pages)[0] ?? 0)], to: `${archive}Nowhere` },
        signal,
      )
      expect(moved).toMatchObject({ ok: false, error: { code: 'not_found', retryable: false } })
      const read = await provider.changes({ mailbox: 'Nowhere', cursor: null, known: () => [], signal }).next()
      expect(read.value).toMatchObject({ ok: false, error: { code: 'not_found' } })
    })

    test('files a message of ten megabytes, and says where', async () => {
      const raw = Buffer.from(letter(1, 'x'.repeat(76).concat('\r\n').repeat(128_000)))
      const filed = value(
        await provider.append({ mailbox: 'INBOX', raw, flags: ['read'], receivedAt: 1_700_000_000_000 }, signal),
      )
      const pages = await pull()
      expect(arrived(pages)).toEqual([filed.place?.uid])
      const [got] = pages.flatMap(({ arrivals }) => arrivals)
      expect(got).toMatchObject({ flags: FLAG.read, receivedAt: 1_700_000_000_000 })
      expect(Buffer.compare(got?.raw ?? Buffer.alloc(0), raw)).toBe(0)
    })

    test('what is no mail at all comes like everything else', async () => {
      await subject.elsewhere.put('INBOX', '\x01\xff(({{}\r\n"unfinished\r\n\r\n--\r\n')
      await put(1)
      expect(arrived(await pull()).length).toBe(2)
    })

    test('names of mailboxes may hold anything', async () => {
      const name = 'Entwürfe & "Ablage" \\ 日本'
      await subject.elsewhere.create(name)
      const mailboxes = value(await provider.mailboxes(signal))
      const key = `${subject.prefix ?? ''}${name}`
      expect(mailboxes.map(mailbox => mailbox.key)).toContain(key)
      value(await provider.append({ mailbox: key, raw: Buffer.from(letter(1)), flags: [] }, signal))
      expect(arrived(await pull(Number.POSITIVE_INFINITY, key)).length).toBe(1)
    })

    test('what nobody wants any more ends as cancelled', async () => {
      const aborted = AbortSignal.abort()
      expect(await provider.mailboxes(aborted)).toMatchObject({ ok: false, error: { code: 'cancelled' } })
      await put(1)
      const read = await provider.changes({ mailbox: 'INBOX', cursor: null, known: () => [], signal: aborted }).next()
      expect(read.value).toMatchObject({ ok: false, error: { code: 'cancelled' } })
    })

    test('tells of news in a mailbox while it is watched, and stops when told to', async () => {
      const stop = new AbortController()
      const watching = provider.watch({ mailboxes: ['INBOX', archive], pollMs: 50, signal: stop.signal })
      const first = watching.next()
      await subject.elsewhere.put('INBOX', letter(1))
      // A watch may begin with news that are none, of any of its mailboxes.
      for (let next = await first; ; next = await watching.next()) {
        if (value(next.value ?? { ok: false, error: 'it ended' }).mailbox === 'INBOX') break
      }
      stop.abort()
      for (let next = await watching.next(); next.done !== true; next = await watching.next());
    })
  })
}
