import { Buffer } from 'node:buffer'

/** Pieces of syntax that break parsers, to be put where they do not belong. */
const pieces = [
  ...['\r\n', '\n', '\r', '\0', ' ', '\t', '--b', '--b--', '\r\n\r\n', ':', ';', '"', '(', ')', '<', '>', ',', '\\'],
  ...[
    '=?UTF-8?B?',
    '?=',
    '=?',
    '=',
    '=3D',
    '=\r\n',
    '==',
    '*0*=',
    "utf-8''%",
    'boundary=',
    'begin 644 x\n',
    '=ybegin ',
  ],
  ...[
    'Content-Type: multipart/mixed; boundary=b\r\n',
    'Content-Type: message/rfc822\r\n\r\n',
    '<!--',
    '<style>',
    '&#x',
  ],
  ...['\xff\xfe', '\xef\xbb\xbf', '\x1b$B', '\xc3', '\x80', '+AAA-', '~{'],
]

/** A message with a few random injuries: bits, cuts, copies, pieces of another message and of syntax. Same seed, same result. */
export function mutated(source: Buffer, donor: Buffer, seed: number): Buffer {
  let state = seed | 0
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return below <= 0 ? 0 : (state >>> 8) % below
  }
  let bytes: Buffer = Buffer.from(source)
  for (let count = 1 + random(6); count > 0; count--) {
    const at = random(bytes.length + 1)
    const end = Math.min(bytes.length, at + random(200))
    const splice = (...middle: Buffer[]): Buffer =>
      Buffer.concat([bytes.subarray(0, at), ...middle, bytes.subarray(end)])
    switch (random(7)) {
      case 0:
        if (at < bytes.length) bytes[at] = random(256)
        break
      case 1:
        bytes = splice()
        break
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])
        break
      case 3:
        bytes = Buffer.from(bytes.subarray(0, at))
        break
      case 4: {
        const from = random(donor.length)
        bytes = splice(donor.subarray(from, from + random(300)))
        break
      }
      default:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from((pieces[random(pieces.length)] ?? '').repeat(1 + random(3)), 'latin1'),
          bytes.subarray(at),
        ])
    }
  }
  return bytes
}
