/** Where a character stands: `offset` in UTF-8 bytes from 0, `line` from 1, `column` in code points from 1. */
export interface Position {
  readonly offset: number
  readonly line: number
  readonly column: number
}

export const START: Position = { offset: 0, line: 1, column: 1 }

/** Walks from the start: tokens remember only their index, and a position is worked out once, for the one error. */
export function positionAt(text: string, index: number): Position {
  let offset = 0
  let line = 1
  let column = 1
  for (let i = 0; i < index; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0x0a) {
      offset++
      line++
      column = 1
      continue
    }
    column++
    if (unit < 0x80) offset += 1
    else if (unit < 0x800) offset += 2
    else if (unit >= 0xd800 && unit < 0xdc00) {
      offset += 4
      i++
    } else offset += 3
  }
  return { offset, line, column }
}

export function describePosition(at: Position): string {
  return `Position { offset: ${at.offset}, line: ${at.line}, column: ${at.column} }`
}
