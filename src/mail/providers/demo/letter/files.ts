import { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'
import type { Dice } from '../dice.ts'

/** A one-page PDF that viewers open: text in Helvetica, and the cross-reference table that the format asks for. */
export function pdf(lines: readonly string[]): Uint8Array {
  const escaped = lines.map(line => line.replace(/[^\x20-\x7e]/g, '?').replace(/[()\\]/g, '\\$&'))
  const content = `BT /F1 11 Tf 60 780 Td 15 TL ${escaped.map(line => `(${line}) Tj T*`).join(' ')} ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let out = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = out.length
    out += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const start = out.length
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`
  return Buffer.from(out, 'latin1')
}

/** Rows as RFC 4180 writes them. */
export function csv(rows: readonly (readonly (string | number)[])[]): Uint8Array {
  return Buffer.from(rows.map(row => `${row.join(',')}\r\n`).join(''))
}

/**
 * A picture of coloured rectangles, like a plan seen from far. Not compressed: another version of zlib would make
 * other bytes of it, and the demo's bytes are the same everywhere.
 */
export function png(dice: Dice, width: number, height: number): Uint8Array {
  const rows = Buffer.alloc(height * (width + 1), 0)
  const shapes = Array.from({ length: 9 }, () => ({
    left: dice.between(0, width),
    top: dice.between(0, height),
    right: dice.between(0, width),
    bottom: dice.between(0, height),
    colour: dice.between(1, 7),
  }))
  for (const { left, top, right, bottom, colour } of shapes) {
    for (let y = Math.min(top, bottom); y < Math.max(top, bottom); y++) {
      const start = y * (width + 1) + 1
      rows.fill(colour, start + Math.min(left, right), start + Math.max(left, right))
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  const palette = Buffer.from(Array.from({ length: 24 }, (_, at) => (at < 3 ? 250 : dice.between(40, 235))))
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', stored(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  out.set(body, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}

const storedBytesMax = 0xffff

/** A zlib stream (RFC 1950) of stored blocks (RFC 1951 §3.2.4). */
function stored(data: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [Uint8Array.of(0x78, 0x01)]
  for (let at = 0; at < data.length; at += storedBytesMax) {
    const piece = data.subarray(at, at + storedBytesMax)
    const head = Buffer.alloc(5)
    head[0] = at + storedBytesMax >= data.length ? 1 : 0
    head.writeUInt16LE(piece.length, 1)
    head.writeUInt16LE(~piece.length & 0xffff, 3)
    pieces.push(head, piece)
  }
  const end = Buffer.alloc(4)
  end.writeUInt32BE(adler32(data), 0)
  return Buffer.concat([...pieces, end])
}

function adler32(data: Uint8Array): number {
  let low = 1
  let high = 0
  for (const byte of data) {
    low = (low + byte) % 65521
    high = (high + low) % 65521
  }
  return ((high << 16) | low) >>> 0
}
