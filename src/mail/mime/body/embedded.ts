import { isAscii } from 'node:buffer'
import type { Context } from '../context.ts'
import { endOfLine } from '../header/block.ts'
import type { Entity } from '../part/entity.ts'
import type { TransferEncoding } from '../transfer/decode.ts'
import { isUuencodeLine } from '../transfer/uuencode.ts'

/** A file written into the lines of plain text, as offsets into the message. */
export interface Embedded {
  readonly encoding: TransferEncoding & ('uuencode' | 'yenc')
  readonly filename: string
  /** From its first line to behind its last one. */
  readonly start: number
  readonly end: number
}

const nothing: readonly Embedded[] = []

/** The uuencoded and yEnc files inside of an unencoded text part, in order. One pass: a failed start is not read again. */
export function findEmbedded(context: Context, entity: Entity): readonly Embedded[] {
  if (entity.encoding !== 'identity' || entity.type !== 'text/plain') return nothing
  // Cut out, so that a search without a result ends with this part. Offsets below count from its start.
  const text = context.text.slice(entity.bodyStart, entity.bodyEnd)
  // yEnc uses all bytes; where all are ASCII there is none.
  const mayBeYenc = !isAscii(context.bytes.subarray(entity.bodyStart, entity.bodyEnd))
  let position = nextStart(text, 0, mayBeYenc)
  if (position < 0) return nothing
  const list: Embedded[] = []
  let attempts = 0
  while (position >= 0) {
    if (attempts++ >= context.limits.embeddedMax) {
      context.defects.add('embedded_limit', entity.bodyStart + position)
      break
    }
    const lineEnd = endOfLine(text, position, text.length)
    const found = text.startsWith('begin', position)
      ? uuencoded(text, position, lineEnd)
      : yenc(text, position, lineEnd)
    if (found !== undefined) {
      list.push({ ...found, start: entity.bodyStart + found.start, end: entity.bodyStart + found.end })
    }
    position = nextStart(text, found?.end ?? lineEnd, mayBeYenc)
  }
  return list
}

const startLine = /^(?:begin [0-7]{3,4} \S|=ybegin )/
const windowBytes = 64

/** Offset of the next line that may begin a file, at `from` or later, or -1. Short needles are found fastest. */
function nextStart(text: string, from: number, mayBeYenc: boolean): number {
  let begin = startsAt(text, from) ? from : -2
  if (begin === from) return from
  let ybegin = mayBeYenc ? -2 : -1
  let position = Math.max(0, from - 1)
  for (;;) {
    if (begin !== -1 && begin < position) begin = text.indexOf('\nbegi', position)
    if (ybegin !== -1 && ybegin < position) ybegin = text.indexOf('\n=yb', position)
    if (begin < 0 && ybegin < 0) return -1
    const next = begin < 0 ? ybegin : ybegin < 0 ? begin : Math.min(begin, ybegin)
    if (startsAt(text, next + 1)) return next + 1
    position = next + 1
  }
}

function startsAt(text: string, at: number): boolean {
  return (at === 0 || text.charCodeAt(at - 1) === 10) && startLine.test(text.slice(at, at + windowBytes))
}

function uuencoded(text: string, start: number, lineEnd: number): Embedded | undefined {
  const filename = /^begin [0-7]{3,4} (.{1,255})/.exec(text.slice(start, lineEnd))?.[1]?.trim()
  if (filename === undefined) return undefined
  let position = lineEnd + 1
  let lines = 0
  while (position < text.length) {
    const next = endOfLine(text, position, text.length)
    if (text.startsWith('end', position) && text.slice(position, next).trim() === 'end') {
      return lines === 0 ? undefined : { encoding: 'uuencode', filename, start, end: Math.min(next + 1, text.length) }
    }
    if (!isUuencodeLine(text, position, next)) break
    lines++
    position = next + 1
  }
  // Cut off on the way, but clearly such a file.
  if (lines < linesOfCutFile) return undefined
  return { encoding: 'uuencode', filename, start, end: Math.min(position, text.length) }
}

const linesOfCutFile = 8

function yenc(text: string, start: number, lineEnd: number): Embedded | undefined {
  const filename = / name=(.{1,255})/.exec(text.slice(start, lineEnd))?.[1]?.trim()
  if (filename === undefined) return undefined
  const last = text.indexOf('\n=yend', lineEnd)
  const stop = last < 0 ? text.length : endOfLine(text, last + 1, text.length)
  return { encoding: 'yenc', filename, start, end: Math.min(stop + 1, text.length) }
}
