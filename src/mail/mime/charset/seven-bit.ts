import { Buffer } from 'node:buffer'
import { decode } from './platform.ts'

/** RFC 2152. A broken run of base64 yields what it can. */
export function decodeUtf7(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  return text.replace(/\+([A-Za-z0-9+/]*)-?/g, (_, run: string) => {
    if (run === '') return '+'
    const units = Buffer.from(run, 'base64')
    const even = units.subarray(0, units.length & ~1)
    return Buffer.from(even).swap16().toString('utf16le')
  })
}

const escapeByte = 0x1b
const shiftOut = 0x0e
const shiftIn = 0x0f

/** RFC 1843: `~{` and `~}` enclose pairs of GB 2312 with their high bits off; `~~` is a tilde. A line end ends the run. */
export function decodeHz(bytes: Buffer): string {
  const out = Buffer.allocUnsafe(bytes.length)
  let length = 0
  let inPairs = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes.readUInt8(index)
    const next = index + 1 < bytes.length ? bytes.readUInt8(index + 1) : 0
    if (byte === 0x7e && (next === 0x7b || next === 0x7d || next === 0x7e || next === 0x0a)) {
      if (next === 0x7b) inPairs = true
      else if (next === 0x7d) inPairs = false
      else if (next === 0x7e) out[length++] = 0x7e
      index++
    } else {
      if (byte === 0x0a) inPairs = false
      out[length++] = inPairs && byte > 0x20 ? byte | 0x80 : byte
    }
  }
  return decode('gbk', out.subarray(0, length))
}

/** RFC 1557: shift-out begins KS X 1001 with the high bits off, shift-in or a line end ends it. */
export function decodeIso2022Kr(bytes: Buffer): string {
  const out = Buffer.allocUnsafe(bytes.length)
  let length = 0
  let shifted = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes.readUInt8(index)
    if (byte === escapeByte && bytes.toString('latin1', index + 1, index + 4) === '$)C') index += 3
    else if (byte === shiftOut) shifted = true
    else if (byte === shiftIn) shifted = false
    else {
      if (byte === 0x0a) shifted = false
      out[length++] = shifted && byte > 0x20 ? byte | 0x80 : byte
    }
  }
  return decode('euc-kr', out.subarray(0, length))
}

const chunkUnits = 4096

export function decodeUtf32(bytes: Buffer, littleEndian: boolean): string {
  let result = ''
  let points: number[] = []
  for (let index = 0; index + 4 <= bytes.length; index += 4) {
    const point = littleEndian ? bytes.readUInt32LE(index) : bytes.readUInt32BE(index)
    if (point === 0xfeff && index === 0) continue
    points.push(point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? 0xfffd : point)
    if (points.length === chunkUnits) {
      result += String.fromCodePoint(...points)
      points = []
    }
  }
  return result + String.fromCodePoint(...points)
}
