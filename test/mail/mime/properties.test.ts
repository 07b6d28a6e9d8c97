import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toWire } from '#cli/commands/mime/parse-message.ts'
import { attachmentBytes, type Part, parseForIndex, parseMessage } from '#mail/mime/index.ts'
import { type BuiltEnvelope, type BuiltNode, build } from './builder.ts'
import { corpus } from './corpus/index.ts'
import { mutated } from './mutate.ts'

const runs = Number(process.env.POSTERN_FUZZ_RUNS ?? 300)
const options = { numRuns: runs, seed: 20260302 }

const phrase = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map(text =>
    text
      .replace(/[\p{C}\p{Z}\s]+/gu, ' ')
      .trim()
      .normalize(),
  )
  .filter(text => text !== '' && !text.includes('=?'))

const envelopes: fc.Arbitrary<BuiltEnvelope> = fc.record({
  subject: phrase,
  fromName: phrase,
  to: fc.array(fc.record({ name: phrase, email: fc.stringMatching(/^[a-z]{1,8}@[a-z]{1,8}\.example$/) }), {
    minLength: 1,
    maxLength: 4,
  }),
  date: fc.date({ min: new Date('1971-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }),
  id: fc.stringMatching(/^[a-z0-9]{1,12}@[a-z]{1,8}\.example$/),
})

const bytes = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array))
const words = fc
  .array(fc.stringMatching(/^[a-zäöüé日本 ]{1,30}$/u), { maxLength: 5 })
  .map(lines => Buffer.from(lines.join('\n')))
const opaque = fc.constantFrom('base64' as const, 'quoted-printable' as const)

const { tree } = fc.letrec<{ tree: BuiltNode }>(tie => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constantFrom('text' as const, 'html' as const), content: words, encoding: opaque }),
    fc.record({ kind: fc.constant('file' as const), content: bytes, filename: phrase, encoding: opaque }),
    fc.record({
      kind: fc.constantFrom('mixed' as const, 'alternative' as const, 'related' as const),
      parts: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('message' as const), subject: phrase, body: tie('tree') }),
  ),
}))

test('what was built is what is read: envelope, structure, names and bytes', () => {
  fc.assert(
    fc.property(envelopes, tree, fc.constantFrom('\r\n' as const, '\n' as const), (envelope, root, lineEnd) => {
      const raw = build(envelope, root, lineEnd)
      const message = parseMessage(raw)
      expect(message.subject).toBe(envelope.subject)
      expect(message.from).toEqual([{ name: envelope.fromName, email: 'from@example.org' }])
      expect(message.to).toEqual(envelope.to)
      expect(message.date?.at).toBe(Math.floor(envelope.date.getTime() / 1000) * 1000)
      expect(message.messageId).toBe(envelope.id)
      expectSame(raw, message.root, root)
      expect(message.defects).toEqual([])
    }),
    options,
  )
})

function expectSame(raw: Buffer, part: Part, built: BuiltNode): void {
  if (built.kind === 'message') {
    expect(part.contentType).toBe('message/rfc822')
    expect(part.children).toHaveLength(1)
    for (const child of part.children) expectSame(raw, child, built.body)
  } else if ('parts' in built) {
    expect(part.contentType).toBe(`multipart/${built.kind}`)
    expect(part.children).toHaveLength(built.parts.length)
    built.parts.forEach((each, index) => {
      const child = part.children[index]
      if (child !== undefined) expectSame(raw, child, each)
    })
  } else {
    expect(part.filename).toBe(built.filename ?? null)
    expect(Buffer.from(attachmentBytes(raw, part)).equals(built.content)).toBe(true)
  }
}

test('arbitrary bytes are some message: nothing throws, offsets stay inside, output is bounded by input', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), expectSane), options)
})

test('a damaged message is some message too', () => {
  fc.assert(
    fc.property(fc.nat(corpus.length - 1), fc.nat(), fc.nat(), (index, seed, other) => {
      const subject = corpus[index]
      const donor = corpus[other % corpus.length]
      if (subject === undefined || donor === undefined || subject.raw.length > 20_000) return
      expectSane(mutated(subject.raw, donor.raw.subarray(0, 5000), seed))
    }),
    { ...options, numRuns: runs * 3 },
  )
})

/** Characters of decoded text per byte of message; names, defects and structure have a constant share. */
const growthMax = 40

function expectSane(raw: Uint8Array): void {
  const message = parseMessage(raw)
  const indexed = parseForIndex(raw)
  expect(message.defects.length).toBeLessThanOrEqual(100)
  expect(indexed.body.length).toBeLessThanOrEqual(raw.length * 4 + 1000)
  expect(JSON.stringify(toWire(message, raw)).length).toBeLessThanOrEqual(raw.length * growthMax + 20_000)
  for (const { start, end } of message.attachments) {
    expect(start).toBeGreaterThanOrEqual(0)
    expect(end).toBeGreaterThanOrEqual(start)
    expect(end).toBeLessThanOrEqual(raw.length)
  }
  expectInside(message.root, raw.length)
}

function expectInside(part: Part, length: number): void {
  expect(part.start).toBeLessThanOrEqual(part.end)
  expect(part.end).toBeLessThanOrEqual(length)
  for (const child of part.children) expectInside(child, length)
}
