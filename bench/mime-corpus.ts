import { Buffer } from 'node:buffer'

/**
 * Messages like those of a real mailbox, always the same ones for the same count: the shares of lists, newsletters,
 * attachments, 8-bit text and charsets follow spec/measurements.md (median some 7 kB, mean some 15 kB).
 */
export function* syntheticMessages(count: number, seed = 1): Generator<Buffer> {
  const random = mulberry(seed)
  for (let index = 0; index < count; index++) yield message(index, random)
}

type Random = () => number

function mulberry(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const words =
  'the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many before must through back years where much your way well down should because each just those people mr how too little state good very make world still own see men work long get here between both life being under never day same another know while last might us great old year off come since against go came right used take three'.split(
    ' ',
  )
const accented = ['für', 'über', 'café', 'naïve', 'señor', 'Grüße', 'déjà', 'façon', 'größer', 'é', 'año', 'Zürich']
const names = [
  'Ann Becker',
  'Carlos Díaz',
  'Jürgen Groß',
  'Mei Lin',
  'O’Hara, Sean',
  'build bot',
  'Ülle Tamm',
  'Priya R.',
]

function pick<T>(list: readonly T[], random: Random): T {
  const item = list[Math.floor(random() * list.length)]
  if (item === undefined) throw new RangeError('an empty list has nothing to pick')
  return item
}

function paragraph(length: number, random: Random, accents: number): string {
  const lines: string[] = []
  let line = ''
  for (let written = 0; written < length; ) {
    const word = random() < accents ? pick(accented, random) : pick(words, random)
    if (line.length + word.length > 72) {
      lines.push(line)
      written += line.length + 1
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  lines.push(line)
  return lines.join('\n')
}

function body(length: number, random: Random, accents: number): string {
  const parts: string[] = []
  for (let written = 0; written < length; ) {
    const size = 120 + Math.floor(random() * 500)
    let part = paragraph(size, random, accents)
    if (random() < 0.35)
      part = part
        .split('\n')
        .map(line => `> ${line}`)
        .join('\n')
    if (random() < 0.1) part += `\nhttps://example.org/${pick(words, random)}/${Math.floor(random() * 1e6)}`
    parts.push(part)
    written += part.length
  }
  return `${parts.join('\n\n')}\n-- \n${pick(names, random)}\n`
}

function newsletter(length: number, random: Random): string {
  const rows: string[] = []
  for (let written = 0; written < length; ) {
    const text = paragraph(80 + Math.floor(random() * 300), random, 0.02)
    const id = Math.floor(random() * 1e9).toString(36)
    const row = `<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;mso-table-lspace:0pt;font-family:Arial,Helvetica,sans-serif">
  <tr><td align="left" valign="top" style="padding:12px 24px 12px 24px;font-size:15px;line-height:22px;color:#333333">
    <p style="margin:0 0 12px 0">${text}</p>
    <a href="https://click.example.com/f/a/${id}~~/${id}${id}?u=${id}&amp;c=${id}" style="color:#1155cc;text-decoration:underline" target="_blank">${pick(words, random)} ${pick(words, random)}</a>
    <img src="https://img.example.com/${id}.png" width="560" height="200" alt="${pick(words, random)}" style="display:block;border:0">
  </td></tr></table>\n`
    rows.push(row)
    written += row.length
  }
  return `<!DOCTYPE html><html><head><meta charset="utf-8"><title>News</title><style>body{margin:0} .hide{display:none} @media (max-width:600px){.w{width:100%!important}}</style></head><body bgcolor="#f4f4f4"><div style="display:none;max-height:0;overflow:hidden">Preview of this issue</div>${rows.join('')}<p>You get this mail since you asked for it. <a href="https://example.com/unsubscribe?x=1">Unsubscribe</a></p></body></html>\n`
}

function quotedPrintable(text: string): string {
  return text
    .split('\n')
    .map(line => {
      const bytes = [...Buffer.from(line)]
      let out = ''
      let column = 0
      for (const byte of bytes) {
        const piece =
          byte === 61 || byte > 126 ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}` : String.fromCharCode(byte)
        if (column + piece.length > 75) {
          out += '=\n'
          column = 0
        }
        out += piece
        column += piece.length
      }
      return out
    })
    .join('\n')
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{76}/g, '$&\n')
}

function trace(random: Random, host: string): string {
  const id = Math.floor(random() * 1e12).toString(36)
  return `Received: from ${host}.example.net (${host}.example.net [192.0.2.${Math.floor(random() * 255)}])
\tby mx.example.org (Postfix) with ESMTPS id ${id}
\tfor <me@example.org>; Mon,  2 Mar 2026 10:0${Math.floor(random() * 10)}:11 +0100 (CET)
`
}

function signature(random: Random, length: number): string {
  return Buffer.from(paragraph(length, random, 0))
    .toString('base64')
    .replace(/.{68}/g, '$&\n\t')
}

function headers(index: number, random: Random, isList: boolean): string {
  const name = pick(names, random)
  const encoded = /^[\x20-\x7e]*$/.test(name)
    ? name.includes(',')
      ? `"${name}"`
      : name
    : `=?UTF-8?B?${Buffer.from(name).toString('base64')}?=`
  const subject = paragraph(20 + Math.floor(random() * 50), random, 0).replaceAll('\n', '\n ')
  const subjectLine =
    random() < 0.15
      ? `=?UTF-8?Q?${quotedPrintable(subject.replaceAll(/\s+/g, '_')).replaceAll('=\n', '')}_=C3=BC?=`
      : subject
  const references = Array.from(
    { length: Math.floor(random() * 6) },
    () => `<${Math.floor(random() * 1e9).toString(36)}.${index}@mail.example.com>`,
  )
  return `Return-Path: <bounce-${index}@lists.example.org>
Delivered-To: me@example.org
${trace(random, 'relay')}${trace(random, 'out')}${trace(random, 'lists')}DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=mail;
\th=from:to:subject:date:message-id; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
\tb=${signature(random, 180)}
ARC-Seal: i=1; a=rsa-sha256; t=17724${index}; cv=none; d=example.net; s=arc-20240605;
        b=${signature(random, 250)}
ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; s=arc-20240605;
        h=to:subject:message-id:date:from:mime-version:dkim-signature;
        b=${signature(random, 250)}
X-Spam-Checker-Version: SpamAssassin 4.0.0 (2022-12-13) on mx.example.org
X-Spam-Level: 
X-Spam-Status: No, score=-2.1 required=5.0 tests=BAYES_00,DKIM_SIGNED,
\tDKIM_VALID,DKIM_VALID_AU,RCVD_IN_DNSWL_NONE,SPF_PASS autolearn=ham
\tautolearn_force=no version=4.0.0
X-Google-Smtp-Source: ${signature(random, 60).replace(/\s/g, '')}
X-Received: by 2002:a05:6402:${index.toString(16)}:b0:640:8bdd with SMTP id x${index};
        Mon, 02 Mar 2026 10:00:00 -0800 (PST)
Authentication-Results: mx.example.org; dkim=pass header.d=example.org; spf=pass smtp.mailfrom=lists.example.org; dmarc=pass
From: ${encoded} <user${index % 500}@example.com>
To: ${isList ? 'A list <list@lists.example.org>' : 'Me <me@example.org>, "You, There" <you@example.org>'}
${random() < 0.3 ? 'Cc: third@example.com, Fourth Person <fourth@example.com>\n' : ''}Subject: ${random() < 0.5 ? 'Re: ' : ''}${subjectLine}
Date: Mon, 2 Mar 2026 1${Math.floor(random() * 10)}:0${Math.floor(random() * 10)}:00 +0100
Message-ID: <${Math.floor(random() * 1e12).toString(36)}.${index}@mail.example.com>
${references.length > 0 ? `In-Reply-To: ${references.at(-1)}\nReferences: ${references.join('\n ')}\n` : ''}User-Agent: Mozilla Thunderbird
${isList ? 'List-Id: A list <list.lists.example.org>\nList-Post: <mailto:list@lists.example.org>\nList-Unsubscribe: <https://lists.example.org/u/1>, <mailto:list-leave@lists.example.org>\nPrecedence: list\n' : ''}MIME-Version: 1.0
`
}

function message(index: number, random: Random): Buffer {
  const kind = random()
  const isList = random() < 0.7
  const head = headers(index, random, isList)
  const length = Math.floor(400 + Math.exp(random() * 4.2) * 260)
  if (kind < 0.64) {
    return Buffer.from(
      `${head}Content-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 7bit\n\n${body(length, random, 0)}`,
    )
  }
  if (kind < 0.73)
    return Buffer.from(
      `${head}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n${body(length, random, 0.05)}`,
    )
  if (kind < 0.76)
    return Buffer.from(
      `${head}Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\n${body(length, random, 0.05).replaceAll('’', "'")}`,
      'latin1',
    )
  if (kind < 0.82)
    return Buffer.from(
      `${head}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n${quotedPrintable(body(length, random, 0.05))}`,
    )
  if (kind < 0.84)
    return Buffer.from(
      `${head}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${base64(Buffer.from(body(length, random, 0.05)))}\n`,
    )
  if (kind < 0.87)
    return Buffer.from(
      `${head}Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n${quotedPrintable(newsletter(length * 8, random))}`,
    )
  const outer = `=_outer_${index}`
  if (kind < 0.96) {
    return Buffer.from(`${head}Content-Type: multipart/alternative; boundary="${outer}"

This is a multi-part message in MIME format.
--${outer}
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

${quotedPrintable(body(length, random, 0.03))}
--${outer}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

${quotedPrintable(newsletter(length * 3, random))}
--${outer}--
`)
  }
  const file = Buffer.alloc(
    Math.floor(Math.exp(random() * 5) * 3000),
    `${index} some bytes of a file that nobody reads \u0001\u0002`,
  )
  return Buffer.from(`${head}Content-Type: multipart/mixed; boundary="${outer}"

--${outer}
Content-Type: text/plain; charset=utf-8; format=flowed

${body(length, random, 0.02)}
--${outer}
Content-Type: application/pdf; name="report ${index}.pdf"
Content-Disposition: attachment; filename*=utf-8''report%20${index}.pdf
Content-Transfer-Encoding: base64

${base64(file)}
--${outer}--
`)
}
