import { Buffer } from 'node:buffer'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Address, FLAG, type IncomingMessage } from '../src/mail/store/incoming.ts'
import { corpus, seededRandom } from './store-corpus.ts'

/**
 * A mailbox as it comes over the wire: the people, threads and Zipfian words of `store-corpus.ts` in messages of the
 * shape that real list mail was measured to have: median some 7 kB, mean some 14 kB, the largest hundredth above
 * 130 kB; 18 % multipart, 14 % with an HTML twin, 9 % raw 8-bit; quoted-printable, base64, Latin-1; two kB of trace
 * and signature headers; one message in ten with a patch or a log. The same messages for the same count.
 */
export interface WireMessage {
  readonly raw: Buffer
  readonly folder: string
  /** Bits of `FLAG`. */
  readonly flags: number
  readonly at: number
}

type Random = () => number

export function* wireMessages(count: number, seed = 1): Generator<WireMessage> {
  const random = seededRandom(seed + 77)
  for (const message of corpus({ messages: count, seed, withRaw: false })) {
    const raw = Buffer.concat([Buffer.from(headerOf(message, random)), bodyOf(message.document.text, random)])
    const [label] = message.labels
    yield { raw, folder: label?.key ?? 'INBOX', flags: message.flags, at: message.document.date ?? 0 }
  }
}

/** Writes them as a Maildir with folders. */
export function writeMaildir(root: string, count: number): void {
  const made = new Set<string>()
  let number = 0
  for (const { raw, folder, flags, at } of wireMessages(count)) {
    const directory = folder === 'INBOX' ? root : join(root, `.${folder.replaceAll('/', '.')}`)
    if (!made.has(directory)) {
      for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(directory, part), { recursive: true })
      made.add(directory)
    }
    const name = `${Math.floor(at / 1000)}.M${number++}P1.host`
    const letters = `${(flags & FLAG.starred) !== 0 ? 'F' : ''}${(flags & FLAG.read) !== 0 ? 'S' : ''}`
    writeFileSync(join(directory, letters === '' ? 'new' : 'cur', letters === '' ? name : `${name}:2,${letters}`), raw)
  }
}

function headerOf({ document }: IncomingMessage, random: Random): string {
  const date = new Date(document.date ?? 0).toUTCString().replace('GMT', '+0000')
  const people = (list: readonly Address[]) =>
    list.map(({ name, email }) => (name === null ? email : `${encoded(name)} <${email}>`)).join(',\n\t')
  const hops = Array.from({ length: 3 + Math.floor(random() * 3) }, (_, hop) => {
    const host = `mx${hop}.example.org`
    return `Received: from ${host} (${host} [192.0.2.${hop + 7}])\n\tby mail.example.org (Postfix) with ESMTPS id ${noise(11, random)}\n\tfor <me@example.org>; ${date}\n`
  })
  const signature = (length: number) => base64(random, length).replace(/.{68}/g, '$&\n\t')
  const { references, listId } = document
  return [
    `Return-Path: <bounce-${noise(8, random)}@example.org>\nDelivered-To: me@example.org\n`,
    ...hops,
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=mail;\n\th=from:to:subject:date:message-id; bh=${signature(32)};\n\tb=${signature(256)}\n`,
    `X-Spam-Checker-Version: SpamAssassin 4.0.0 (2022-12-13) on mx.example.org\nX-Spam-Status: No, score=-2.1 required=5.0 tests=BAYES_00,DKIM_SIGNED,\n\tDKIM_VALID,DKIM_VALID_AU,SPF_PASS autolearn=ham version=4.0.0\n`,
    `From: ${people(document.from)}\nTo: ${people(document.to)}\n`,
    document.cc.length > 0 ? `Cc: ${people(document.cc)}\n` : '',
    `Subject: ${encoded(document.subject)}\nDate: ${date}\nMessage-ID: <${document.messageId}>\n`,
    references.length > 0
      ? `In-Reply-To: <${references.at(-1)}>\nReferences: ${references.map(id => `<${id}>`).join('\n\t')}\n`
      : '',
    listId === ''
      ? ''
      : `List-Id: <${listId}>\nList-Post: <mailto:list@${listId}>\nList-Unsubscribe: <https://${listId}/u/1>, <mailto:leave@${listId}>\nPrecedence: list\n`,
    'User-Agent: Mozilla Thunderbird\nMIME-Version: 1.0\n',
  ].join('')
}

function encoded(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  const pieces = text.match(/.{1,12}/gsu) ?? []
  return pieces.map(piece => `=?UTF-8?B?${Buffer.from(piece).toString('base64')}?=`).join('\n ')
}

const patchShare = 0.1
const htmlShare = 0.14
const fileShare = 0.05

function bodyOf(written: string, random: Random): Buffer {
  const text = random() < patchShare ? `${written}\n${patch(random)}` : written
  const html = random() < htmlShare ? htmlTwin(text, random) : undefined
  const file = random() < fileShare ? attachment(random) : undefined
  const boundary = `=_${noise(24, random)}`
  const plain = textPart(text, random)
  if (html === undefined && file === undefined) return plain
  const part = (content: Buffer) => [Buffer.from(`--${boundary}\n`), content, Buffer.from('\n')]
  return Buffer.concat([
    Buffer.from(
      `Content-Type: multipart/${file === undefined ? 'alternative' : 'mixed'}; boundary="${boundary}"\n\nThis is a multi-part message in MIME format.\n`,
    ),
    ...part(plain),
    ...(html === undefined ? [] : part(html)),
    ...(file === undefined ? [] : part(file)),
    Buffer.from(`--${boundary}--\n`),
  ])
}

function textPart(text: string, random: Random): Buffer {
  const isAscii = /^[\x00-\x7f]*$/.test(text)
  const way = random()
  if (way < 0.06) return quotedPrintable('text/plain', text)
  if (way < 0.09) {
    const body = Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')
    return Buffer.from(`Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${body}\n`)
  }
  if (isAscii) {
    return Buffer.from(`Content-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 7bit\n\n${text}\n`)
  }
  const isLatin = /^[\x00-\xff]*$/.test(text)
  const head = (charset: string) =>
    `Content-Type: text/plain; charset=${charset}\nContent-Transfer-Encoding: 8bit\n\n${text}\n`
  if (isLatin && way < 0.5) return Buffer.from(head('iso-8859-1'), 'latin1')
  return way < 0.75 ? quotedPrintable('text/plain', text) : Buffer.from(head('utf-8'))
}

function quotedPrintable(type: string, text: string): Buffer {
  const bytes = Buffer.from(text)
  const lines: string[] = []
  let line = ''
  for (const byte of bytes) {
    if (byte === 10) {
      lines.push(line)
      line = ''
      continue
    }
    const isPlain = byte !== 61 && byte >= 32 && byte < 127
    line += isPlain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
    if (line.length > 72) {
      lines.push(`${line}=`)
      line = ''
    }
  }
  lines.push(line)
  return Buffer.from(
    `Content-Type: ${type}; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n${lines.join('\n')}\n`,
  )
}

function htmlTwin(text: string, random: Random): Buffer {
  const rows = text.split('\n').map(line => {
    const safe = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    const link = random() < 0.05 ? `<a href="https://click.example.com/f/${noise(40, random)}">more</a>` : ''
    return `<div style="margin:0 0 6px 0;font-family:Arial,Helvetica,sans-serif;font-size:14px;color:#333333">${safe}${link}</div>`
  })
  const page = `<html><head><meta charset="utf-8"><style>p{margin:0} .x{mso-line-height-rule:exactly}</style></head><body bgcolor="#ffffff">${rows.join('\n')}</body></html>`
  return quotedPrintable('text/html', page)
}

function attachment(random: Random): Buffer {
  const body = base64(random, 2_000 + Math.floor(Math.exp(random() * 4.1) * 2_500)).replace(/.{76}/g, '$&\n')
  const name = `report-${noise(4, random)}.pdf`
  return Buffer.from(
    `Content-Type: application/pdf; name="${name}"\nContent-Disposition: attachment; filename="${name}"\nContent-Transfer-Encoding: base64\n\n${body}\n`,
  )
}

const verbs =
  'get put set init free lock read write find make add del map copy send wait queue parse check flush'.split(' ')
const nouns =
  'dev buf page node list lock task file block inode queue frame table entry state ring skb port bus irq'.split(' ')

/** A patch or a log: identifiers out of a few thousand, numbers and hashes that occur once. */
function patch(random: Random): string {
  const name = () => `${at(verbs, random)}_${at(nouns, random)}${random() < 0.4 ? `_${at(nouns, random)}` : ''}`
  const length = Math.exp(random() * 3.5) * 1_200
  let out = `---\ndiff --git a/drivers/${name()}.c b/drivers/${name()}.c\nindex ${noise(12, random)}..${noise(12, random)} 100644\n`
  while (out.length < length) {
    const sign = '+- '[Math.floor(random() * 3)] ?? ' '
    out += `${sign}\tif (${name()}(${at(nouns, random)}->${at(nouns, random)}, ${Math.floor(random() * 64)}) < 0)\n${sign}\t\treturn ${name()}(&${at(nouns, random)}[0x${noise(4, random)}]);\n`
  }
  return out
}

function noise(length: number, random: Random): string {
  let out = ''
  while (out.length < length) out += Math.floor(random() * 4294967296).toString(16)
  return out.slice(0, length)
}

function base64(random: Random, bytes: number): string {
  const content = Buffer.allocUnsafe(bytes)
  for (let index = 0; index < bytes; index++) content[index] = random() * 256
  return content.toString('base64')
}

/** The first of a list far more often than the last. */
function at(list: readonly string[], random: Random): string {
  return list[Math.floor(random() ** 2 * list.length)] ?? ''
}
