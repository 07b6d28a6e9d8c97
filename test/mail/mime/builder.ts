import { Buffer } from 'node:buffer'

/** A message to be built and read again: just enough of a composer for round trips. */
export interface BuiltLeaf {
  readonly kind: 'text' | 'html' | 'file'
  readonly content: Buffer
  readonly filename?: string
  readonly encoding: 'base64' | 'quoted-printable' | '8bit'
}

export interface BuiltMultipart {
  readonly kind: 'mixed' | 'alternative' | 'related'
  readonly parts: readonly BuiltNode[]
}

export interface BuiltMessage {
  readonly kind: 'message'
  readonly subject: string
  readonly body: BuiltNode
}

export type BuiltNode = BuiltLeaf | BuiltMultipart | BuiltMessage

export interface BuiltEnvelope {
  readonly subject: string
  readonly fromName: string
  readonly to: readonly { readonly name: string; readonly email: string }[]
  readonly date: Date
  readonly id: string
}

/** Writes a message. `lineEnd` is what the file uses between lines; content is written as it is. */
export function build(envelope: BuiltEnvelope, root: BuiltNode, lineEnd: '\r\n' | '\n'): Buffer {
  const head = [
    `From: ${word(envelope.fromName)} <from@example.org>`,
    `To: ${envelope.to.map(({ name, email }) => `${word(name)} <${email}>`).join(`,${lineEnd} `)}`,
    `Subject: ${word(envelope.subject)}`,
    `Date: ${envelope.date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${envelope.id}>`,
    'MIME-Version: 1.0',
  ]
  return Buffer.concat([Buffer.from(head.join(lineEnd) + lineEnd), node(root, lineEnd, { next: 0 })])
}

/** Encoded words of at most 40 bytes each, never inside of a character. */
function word(text: string): string {
  const words: string[] = []
  let chunk = ''
  for (const character of text) {
    if (Buffer.byteLength(chunk + character) > 40) {
      words.push(chunk)
      chunk = ''
    }
    chunk += character
  }
  if (chunk !== '') words.push(chunk)
  return words.map(each => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join(' ')
}

function node(item: BuiltNode, lineEnd: string, counter: { next: number }): Buffer {
  const line = (text: string): Buffer => Buffer.from(text + lineEnd)
  if (item.kind === 'message') {
    const subject = line(`Subject: ${word(item.subject)}`)
    return Buffer.concat([line('Content-Type: message/rfc822'), line(''), subject, node(item.body, lineEnd, counter)])
  }
  if ('parts' in item) {
    const boundary = `=_b${counter.next++}`
    const head = [line(`Content-Type: multipart/${item.kind}; boundary="${boundary}"`), line('')]
    const parts = item.parts.flatMap(part => [line(`--${boundary}`), node(part, lineEnd, counter), line('')])
    return Buffer.concat([...head, ...parts, Buffer.from(`--${boundary}--`)])
  }
  const type = item.kind === 'text' ? 'text/plain' : item.kind === 'html' ? 'text/html' : 'application/octet-stream'
  const disposition =
    item.filename === undefined ? [] : [line(`Content-Disposition: attachment;${lineEnd} ${fileName(item.filename)}`)]
  return Buffer.concat([
    line(`Content-Type: ${type}; charset=utf-8`),
    ...disposition,
    line(`Content-Transfer-Encoding: ${item.encoding}`),
    line(''),
    encoded(item, lineEnd),
  ])
}

/** RFC 2231, in sections. */
function fileName(name: string): string {
  const bytes = [...Buffer.from(name)].map(byte => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`)
  const sections: string[] = []
  for (let start = 0; start < bytes.length; start += 15) {
    sections.push(
      `filename*${sections.length}*=${start === 0 ? "utf-8''" : ''}${bytes.slice(start, start + 15).join('')}`,
    )
  }
  return sections.join('; ')
}

function encoded(leaf: BuiltLeaf, lineEnd: string): Buffer {
  switch (leaf.encoding) {
    case '8bit':
      return leaf.content
    case 'base64':
      return Buffer.from((leaf.content.toString('base64').match(/.{1,76}/g) ?? []).join(lineEnd))
    case 'quoted-printable':
      return Buffer.from(
        (
          [...leaf.content]
            .map(byte => `=${byte.toString(16).padStart(2, '0').toUpperCase()}`)
            .join('')
            .match(/.{1,75}/g) ?? []
        ).join(`=${lineEnd}`),
      )
  }
}
