/**
 * Joins the lines of format=flowed text (RFC 3676): a line that ends in a blank goes on in the next one of the same
 * quote depth. Stuffed blanks go, `delSp` takes the joining blank too, and a signature mark never flows.
 * Quoted paragraphs come out as one line with their marks in front (`> > text` becomes `>> text`).
 */
export function decodeFlowed(text: string, delSp: boolean): string {
  const out: string[] = []
  let paragraph = ''
  let depth = -1
  let position = 0
  while (position <= text.length) {
    const found = text.indexOf('\n', position)
    const end = found < 0 ? text.length : found
    if (found < 0 && position === end) {
      if (depth >= 0) out.push(written(paragraph, depth))
      if (position > 0) out.push('')
      break
    }
    let start = position
    while (text.charCodeAt(start) === 0x3e) start++
    const lineDepth = start - position
    if (text.charCodeAt(start) === 0x20) start++
    let line = text.slice(start, end)
    if (line.endsWith('\r')) line = line.slice(0, -1)
    const isSignature = line === '-- '
    // By the letter of §4.2 an empty line only ends the paragraph; senders who leave a blank before it mean it to be seen.
    if (depth >= 0 && (lineDepth !== depth || isSignature || line === '')) {
      out.push(written(paragraph, depth))
      depth = -1
      paragraph = ''
    }
    const flows = line.endsWith(' ') && !isSignature
    paragraph += flows && delSp ? line.slice(0, -1) : line
    depth = lineDepth
    if (!flows) {
      out.push(written(paragraph, depth))
      depth = -1
      paragraph = ''
    }
    position = end + 1
    if (found < 0) {
      if (depth >= 0) out.push(written(paragraph, depth))
      break
    }
  }
  return out.join('\n')
}

function written(paragraph: string, depth: number): string {
  return depth === 0 ? paragraph : `${'>'.repeat(depth)} ${paragraph}`
}
