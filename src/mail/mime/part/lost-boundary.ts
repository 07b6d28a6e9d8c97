import { endOfLine } from '../header/block.ts'
import type { Entity } from './entity.ts'

const bytesMax = 64 * 1024
const lineLengthMax = 200

/**
 * The boundary that a multipart uses in place of the one that it declares (or does not): the first line of two
 * hyphens and a word that a Content-* field follows. Looks at the beginning only.
 */
export function findLostBoundary(text: string, entity: Entity): string | undefined {
  const end = Math.min(entity.bodyEnd, entity.bodyStart + bytesMax)
  let position = entity.bodyStart - 1
  while (position < end) {
    const found =
      position < entity.bodyStart && text.startsWith('--', entity.bodyStart) ? position : text.indexOf('\n--', position)
    if (found < 0 || found >= end) return undefined
    const lineStart = found + 1
    const lineEnd = endOfLine(text, lineStart, end)
    const boundary = text.slice(lineStart + 2, lineEnd).trimEnd()
    if (
      boundary !== '' &&
      boundary.length <= lineLengthMax &&
      /^content-[a-z-]+:/i.test(text.slice(lineEnd + 1, lineEnd + 40))
    ) {
      return boundary
    }
    position = lineEnd
  }
  return undefined
}
