import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCopyUid } from '#mail/providers/imap/apply.ts'
import { formatCursor, parseCursor } from '#mail/providers/imap/cursor.ts'
import { isKeyword, parseFetch } from '#mail/providers/imap/fetch.ts'
import { FrameReader, ServerMisbehaved } from '#mail/providers/imap/frame-reader.ts'
import { formatInternalDate, parseInternalDate } from '#mail/providers/imap/internal-date.ts'
import { type RawResponse, ResponseSyntaxError, tokenize } from '#mail/providers/imap/response.ts'
import { expandUids, formatUidSet, hasUid, parseUidSet, rangesOf } from '#mail/providers/imap/uid-set.ts'
import { decodeMailboxName, encodeMailboxName } from '#mail/providers/imap/utf7.ts'
import { FLAG } from '#mail/store/incoming.ts'

describe('mailbox names', () => {
  test('every name comes back from the wire as it was, and is plain ASCII there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), name => {
        const wire = encodeMailboxName(name)
        expect(wire).toMatch(/^[\x20-\x7e]*$/)
        expect(decodeMailboxName(wire)).toBe(name)
      }),
    )
  })

  test('the examples of RFC 3501 are read', () => {
    expect(decodeMailboxName('~peter/mail/&U,BTFw-/&ZeVnLIqe-')).toBe('~peter/mail/台北/日本語')
    expect(decodeMailboxName('a&-b')).toBe('a&b')
  })

  test('what is no modified UTF-7 stays as it is, so that it still names the mailbox', () => {
    for (const wire of ['&', 'a&b', '&Jjo!', '&AGE-', 'Entwürfe'])
      expect(encodeMailboxName(decodeMailboxName(wire)) === wire || decodeMailboxName(wire) === wire).toBe(true)
  })
})

describe('sets of UIDs', () => {
  test('a set that is written is read back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 4_294_967_295 })), uids => {
        const sorted = [...uids].sort((one, other) => one - other)
        const ranges = parseUidSet(formatUidSet(rangesOf(uids))) ?? []
        expect(expandUids(ranges, uids.length)).toEqual(sorted)
        for (const uid of uids) expect(hasUid(ranges, uid)).toBe(true)
      }),
    )
  })

  test('what is no set is refused, and a range of all numbers is not unfolded', () => {
    for (const text of ['0', '1:', 'a', '1,,2', '4294967296', '1:*', '-1']) expect(parseUidSet(text)).toBeUndefined()
    expect(expandUids(parseUidSet('1:4294967295') ?? [], 1_000)).toBeUndefined()
  })

  test('COPYUID pairs sources and copies in their order', () => {
    const places = parseCopyUid('[COPYUID 5 9,3:4 100:102] done', 'Archive')
    expect([...(places ?? [])].map(([uid, place]) => [uid, place.uid])).toEqual([
      [9, 100],
      [3, 101],
      [4, 102],
    ])
    expect(parseCopyUid('[COPYUID 5 1:3 7:8] done', 'x')).toBeUndefined()
    expect(parseCopyUid('[COPYUID 5 1:4294967295 1:4294967295] done', 'x')).toBeUndefined()
  })
})

describe('dates', () => {
  test('an instant that is written is read back, to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), second => {
        expect(parseInternalDate(formatInternalDate(second * 1000))).toBe(second * 1000)
      }),
    )
  })

  test('the zone counts', () => {
    expect(parseInternalDate('17-Jul-1996 02:44:25 -0700')).toBe(Date.UTC(1996, 6, 17, 9, 44, 25))
    expect(parseInternalDate('yesterday')).toBeUndefined()
  })
})

describe('responses', () => {
  const read = (pieces: readonly Buffer[]): RawResponse[] => {
    const responses: RawResponse[] = []
    const reader = new FrameReader(response => responses.push(response))
    for (const piece of pieces) reader.push(piece)
    return responses
  }

  test('wherever the pieces end, the same responses come out', () => {
    const whole = Buffer.from(
      '* 1 FETCH (UID 7 BODY[] {5}\r\na\r\nb) FLAGS (\\Seen))\r\n* OK {3} said\r\nA1 OK {0}\r\n done\r\n',
    )
    const expected = read([whole])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: whole.length - 1 })), cuts => {
        const ends = [...new Set([...cuts, whole.length])].sort((one, other) => one - other)
        const pieces = ends.map((end, at) => whole.subarray(ends[at - 1] ?? 0, end))
        expect(read(pieces)).toEqual(expected)
      }),
    )
    expect(expected[0]?.literals[0]?.toString()).toBe('a\r\nb)')
  })

  test('no bytes whatever make it throw anything but what is expected', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        try {
          for (const response of read([Buffer.from(bytes)])) {
            tokenize(response.line)
            parseFetch(response)
          }
        } catch (error) {
          expect(error instanceof ServerMisbehaved || error instanceof ResponseSyntaxError).toBe(true)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('a FETCH response is read in whatever order its items stand', () => {
    const line = '* 4 FETCH (MODSEQ (12) FLAGS (\\Seen $Todo \\Recent) INTERNALDATE "17-Jul-1996 02:44:25 -0700" UID 9)'
    expect(parseFetch({ line, literals: [], sizes: [] })).toMatchObject({
      uid: 9,
      modseq: 12n,
      flags: FLAG.read,
      keywords: ['$Todo'],
    })
    const gmail = '* 1 FETCH (X-GM-THRID 12 X-GM-MSGID 34 X-GM-LABELS (\\Inbox "Caf&AOk-" work) UID 1)'
    expect(parseFetch({ line: gmail, literals: [], sizes: [] })).toMatchObject({
      messageId: '34',
      threadId: '12',
      labels: ['\\Inbox', 'Café', 'work'],
    })
    const object = '* 1 FETCH (EMAILID (M6d99ac3275bb4e) THREADID (T64b478a75b7ea9) UID 1)'
    expect(parseFetch({ line: object, literals: [], sizes: [] })).toMatchObject({ messageId: 'M6d99ac3275bb4e' })
  })

  test('a keyword is an atom', () => {
    expect(['$Label1', 'NonJunk', 'a.b'].every(isKeyword)).toBe(true)
    expect(['a b', 'ü', '(x)', '"x"', '', 'x]', '\\Seen', 'a\r\nb'].some(isKeyword)).toBe(false)
  })
})

describe('cursors', () => {
  test('come back as they were; anything else is none', () => {
    const cursor = {
      uidvalidity: 5,
      uidnext: 9,
      modseq: 9_007_199_254_740_993n,
      exists: 3,
      isWhole: true,
      isRenumbering: false,
      sweptAt: 1,
    }
    expect(parseCursor(formatCursor(cursor))).toEqual(cursor)
    for (const text of ['', '{}', '[]', 'null', '{"v":2}', formatCursor(cursor).replace('"v":1', '"v":9')]) {
      expect(parseCursor(text)).toBeUndefined()
    }
  })
})
