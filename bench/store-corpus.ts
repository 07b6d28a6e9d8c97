import type { Address, AttachmentFacts, IncomingMessage } from '../src/mail/store/incoming.ts'

/**
 * A mailbox that does not exist: the same messages for the same seed, with the properties that decide how fast a
 * mail store is. Words follow Zipf's law over six languages, threads quote their parents, lists carry long headers,
 * one message in seven has an HTML twin, one in twelve an attachment, some attachments go around, ids are noise.
 */
export interface CorpusOptions {
  readonly messages: number
  readonly seed?: number
  readonly account?: string
  /** Without the raw bytes a corpus costs a third; enough for the index alone. */
  readonly withRaw?: boolean
}

const newestAt = Date.UTC(2026, 9, 1)
const oldestAt = Date.UTC(2014, 0, 1)

export function* corpus(options: CorpusOptions): Generator<IncomingMessage> {
  const world = makeWorld(options.seed ?? 1)
  const account = options.account ?? 'bench'
  for (let index = 0; index < options.messages; index++) {
    const at = oldestAt + Math.floor(((newestAt - oldestAt) * (index + world.random())) / options.messages)
    yield makeMessage({ world, index, at, account, withRaw: options.withRaw ?? true })
  }
}

interface World {
  readonly random: () => number
  readonly languages: readonly Language[]
  readonly people: readonly Person[]
  readonly lists: readonly string[]
  readonly threads: OpenThread[]
  readonly handouts: readonly string[]
}

interface Language {
  readonly words: readonly string[]
  readonly separator: string
  readonly share: number
}

interface Person extends Address {
  readonly language: number
  readonly host: string
}

interface OpenThread {
  readonly subject: string
  readonly list: string
  readonly people: Person[]
  readonly references: string[]
  lastText: string
}

const languageShares = [0.72, 0.1, 0.06, 0.05, 0.04, 0.03]
const alphabets = [
  {
    heads: 'b c d f g h l m n p r s t w st tr pl ch sh gr',
    hearts: 'a e i o u ea ou io',
    tails: 'n r s t l d ng nt ck',
  },
  { heads: 'b d f g h k l m n r s t w sch st', hearts: 'a e i o u ä ö ü ei ie', tails: 'n r ss t ng cht lich ung' },
  { heads: 'b c d f g j l m n p r s t v qu', hearts: 'a e é è i o u ou ai eau', tails: 'n r s t ment tion ç' },
  { heads: 'б в г д ж з к л м н п р с т ч', hearts: 'а е и о у я ю', tails: 'н р т ть ов ск ный' },
]

/** Mulberry32: small, fast and the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

function makeWorld(seed: number): World {
  const random = seededRandom(seed)
  const languages = languageShares.map((share, index) => makeLanguage(index, share, random))
  const people: Person[] = []
  const english = pick(languages, 0).words
  for (let index = 0; index < 9000; index++) {
    const language = Math.min(Math.floor(random() ** 3 * languages.length), 3)
    const words = pick(languages, language).words
    const first = capital(pick(words, 40 + Math.floor(random() * 3000)))
    const last = capital(pick(words, 40 + Math.floor(random() * 9000)))
    const host =
      random() < 0.3 ? 'gmail.example' : `${pick(english, 90 + Math.floor(random() ** 2 * 1500))}.example.org`
    const local = `${pick(english, 40 + Math.floor(random() * 4000))}.${index.toString(36)}`
    people.push({ name: `${first} ${last}`, email: `${local}@${host}`, language, host })
  }
  const lists = Array.from({ length: 120 }, (_, index) => `${pick(english, 60 + index * 7)}-dev.lists.example.org`)
  const handouts = Array.from({ length: 60 }, () => base64Noise(3_000 + Math.floor(random() ** 5 * 500_000), random))
  return { random, languages, people, lists, threads: [], handouts }
}

function makeLanguage(index: number, share: number, random: () => number): Language {
  if (index >= alphabets.length) {
    const first = index === 4 ? 0x4e00 : 0x3041
    const span = index === 4 ? 3000 : 80
    const words = Array.from({ length: 20_000 }, () =>
      Array.from({ length: 2 + Math.floor(random() * 2) }, () =>
        String.fromCharCode(first + Math.floor(random() * span)),
      ).join(''),
    )
    return { words, separator: '', share }
  }
  const { heads, hearts, tails } = pick(alphabets, index)
  const parts = [heads.split(' '), hearts.split(' '), tails.split(' ')] as const
  const words = new Set<string>()
  while (words.size < 60_000) {
    const syllables = 1 + Math.floor(random() * Math.min(4, 1 + words.size / 300))
    let word = ''
    for (let at = 0; at < syllables; at++) {
      word += anyOf(parts[0], random) + anyOf(parts[1], random) + (random() < 0.5 ? anyOf(parts[2], random) : '')
    }
    words.add(word)
  }
  return { words: [...words], separator: ' ', share }
}

interface Order {
  readonly world: World
  readonly index: number
  readonly at: number
  readonly account: string
  readonly withRaw: boolean
}

function makeMessage({ world, index, at, account, withRaw }: Order): IncomingMessage {
  const { random } = world
  const author = pick(world.people, Math.floor(random() ** 4 * world.people.length))
  const thread = pickThread(world, author)
  const isReply = thread.references.length > 0
  const language = pick(world.languages, random() < 0.9 ? author.language : chooseLanguage(world))
  const messageId = `${hexNoise(16, random)}.${index}@${author.host}`
  const written = text(language, 40 + Math.floor(Math.exp(random() * 3.2 + 3)), random)
  const body = isReply ? `${written}\n\n> ${thread.lastText.slice(0, 3000).replaceAll('\n', '\n> ')}\n` : `${written}\n`
  const to: Address[] = [
    thread.list === '' ? pick(world.people, 0) : { name: null, email: thread.list.replace('.', '@') },
  ]
  const cc = thread.people.slice(-Math.floor(random() * 4)).map(({ name, email }) => ({ name, email }))
  const hasHtml = random() < 0.14
  const handout = random() < 0.08 ? anyOf(world.handouts, random) : ''
  const subject = isReply ? `Re: ${thread.subject}` : thread.subject
  const head = {
    messageId,
    references: thread.references.slice(-12),
    from: [{ name: author.name, email: author.email }],
    to,
    cc,
    subject,
    listId: thread.list,
  }
  const source = withRaw ? makeRaw({ ...head, at, body, hasHtml, handout, random }) : undefined
  const attachments: AttachmentFacts[] = handout === '' ? [] : [describe(handout, source, random)]
  thread.references.push(messageId)
  if (!thread.people.includes(author)) thread.people.push(author)
  thread.lastText = body
  const roll = random()
  return {
    ...(source === undefined ? {} : { raw: source.raw }),
    account,
    labels:
      thread.list === ''
        ? [{ key: roll < 0.02 ? 'Trash' : 'INBOX', kind: 'folder', role: roll < 0.02 ? 'trash' : 'inbox' }]
        : [{ key: `lists/${thread.list.split('.')[0]}`, kind: 'folder' }],
    flags: (random() < 0.85 ? 1 : 0) | (random() < 0.01 ? 2 : 0),
    receivedAt: at + 2000,
    document: {
      parserVersion: 1,
      ...head,
      inReplyTo: thread.references.slice(-2, -1),
      date: at,
      bcc: [],
      deliveredTo: ['me@example.org'],
      text: body,
      snippet: written.slice(0, 160),
      attachments,
      linkDensity: random() < 0.5 ? 'some' : 'none',
      unsubscribe: null,
      hasAttachments: attachments.length > 0,
      hasCalendar: random() < 0.01,
    },
  }
}

function pickThread(world: World, author: Person): OpenThread {
  const { random, threads } = world
  if (threads.length > 20 && random() < 0.68)
    return pick(threads, threads.length - 1 - Math.floor(random() ** 3 * threads.length))
  const subject = capital(
    text(pick(world.languages, author.language), 3 + Math.floor(random() * 6), random),
  ).replaceAll('\n', ' ')
  const list = random() < 0.75 ? pick(world.lists, Math.floor(random() ** 3 * world.lists.length)) : ''
  const thread: OpenThread = { subject, list, people: [author], references: [], lastText: '' }
  threads.push(thread)
  if (threads.length > 400) threads.shift()
  return thread
}

interface Source {
  readonly raw: Uint8Array
  readonly attachmentStart: number
}

interface RawParts {
  readonly messageId: string
  readonly references: readonly string[]
  readonly from: readonly Address[]
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly subject: string
  readonly listId: string
  readonly at: number
  readonly body: string
  readonly hasHtml: boolean
  readonly handout: string
  readonly random: () => number
}

function makeRaw(parts: RawParts): Source {
  const { random } = parts
  const show = (list: readonly Address[]) =>
    list.map(({ name, email }) => (name === null ? email : `"${name}" <${email}>`)).join(',\r\n\t')
  const date = new Date(parts.at).toUTCString().replace('GMT', '+0000')
  const hops = Array.from(
    { length: 2 + Math.floor(random() * 4) },
    (_, hop) =>
      `Received: from mx${hop}.example.org (mx${hop}.example.org [192.0.2.${hop + 7}])\r\n\tby mail.example.org (Postfix) with ESMTPS id ${hexNoise(11, random).toUpperCase()}\r\n\tfor <me@example.org>; ${date}\r\n`,
  ).join('')
  const boundary = `=_${hexNoise(24, random)}`
  const isMultipart = parts.hasHtml || parts.handout !== ''
  const head = `Return-Path: <bounce-${hexNoise(8, random)}@example.org>\r\n${hops}DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=mail;\r\n\tbh=${base64Noise(32, random).trim()};\r\n\tb=${base64Noise(256, random).trim().replaceAll('\r\n', '\r\n\t')}\r\nDate: ${date}\r\nFrom: ${show(parts.from)}\r\nTo: ${show(parts.to)}\r\n${parts.cc.length > 0 ? `Cc: ${show(parts.cc)}\r\n` : ''}Subject: ${parts.subject}\r\nMessage-ID: <${parts.messageId}>\r\n${parts.references.length > 0 ? `References: ${parts.references.map(id => `<${id}>`).join('\r\n\t')}\r\n` : ''}${parts.listId === '' ? '' : `List-Id: <${parts.listId}>\r\nPrecedence: list\r\n`}MIME-Version: 1.0\r\nContent-Type: ${isMultipart ? `multipart/mixed; boundary="${boundary}"` : 'text/plain; charset=utf-8'}\r\n\r\n`
  const lines = parts.body.replaceAll('\n', '\r\n')
  if (!isMultipart) return { raw: Buffer.from(head + lines), attachmentStart: 0 }
  const html = `<html><body style="font-family:sans-serif"><p>${lines.replaceAll('\r\n', '</p>\r\n<p style="margin:0 0 1em">')}</p></body></html>`
  const twin = parts.hasHtml ? `--${boundary}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}\r\n` : ''
  const front = Buffer.from(
    `${head}--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${lines}\r\n${twin}${parts.handout === '' ? '' : `--${boundary}\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n`}`,
  )
  return {
    raw: Buffer.concat([front, Buffer.from(`${parts.handout}\r\n--${boundary}--\r\n`)]),
    attachmentStart: front.length,
  }
}

function describe(handout: string, source: Source | undefined, random: () => number): AttachmentFacts {
  const start = source?.attachmentStart ?? 0
  return {
    part: '2',
    filename: `report-${hexNoise(4, random)}.pdf`,
    contentType: 'application/pdf',
    disposition: 'attachment',
    contentId: '',
    inline: false,
    sizeBytes: Math.floor(handout.length * 0.73),
    ...(source === undefined ? {} : { range: { start, end: start + handout.length } }),
  }
}

function text({ words, separator }: Language, count: number, random: () => number): string {
  let out = ''
  for (let at = 0; at < count; at++) {
    const roll = random()
    if (roll < 0.015) out += `${hexNoise(4 + Math.floor(random() * 8), random)} `
    else if (roll < 0.02) out += `https://www.example.org/${hexNoise(10, random)}/ `
    else out += pick(words, zipf(words.length, random)) + separator
    if (at % 12 === 11) out += random() < 0.3 ? '.\n' : separator === '' ? '、\n' : '\n'
  }
  return out
}

/** Rank by the inverse of a continuous 1/(rank + 3) law: close to what prose shows. */
function zipf(count: number, random: () => number): number {
  return Math.min(count - 1, Math.floor(3 * ((count / 3 + 1) ** random() - 1)))
}

function chooseLanguage({ languages, random }: World): number {
  let roll = random()
  for (const [index, { share }] of languages.entries()) {
    roll -= share
    if (roll <= 0) return index
  }
  return 0
}

function hexNoise(length: number, random: () => number): string {
  let out = ''
  while (out.length < length) out += Math.floor(random() * 4294967296).toString(16)
  return out.slice(0, length)
}

function base64Noise(bytes: number, random: () => number): string {
  const noise = Buffer.allocUnsafe(bytes)
  for (let at = 0; at < bytes; at++) noise[at] = random() * 256
  return noise.toString('base64').replace(/.{76}/g, '$&\r\n')
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

function anyOf<T>(list: readonly T[], random: () => number): T {
  return pick(list, Math.floor(random() * list.length))
}

function pick<T>(list: readonly T[], index: number): T {
  const found = list[index]
  if (found === undefined) throw new RangeError(`the corpus has no item ${index} of ${list.length}`)
  return found
}
