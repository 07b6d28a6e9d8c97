/**
 * The line (from 1) on which a key stands in a TOML text that is known to parse, or that of the nearest table above
 * it. The parser tells values but not places, and an error without a place makes a person search.
 */
export function lineOf(text: string, path: readonly string[]): number {
  let best = { line: 1, depth: 0 }
  let table: string[] = []
  let insideUntil: RegExp | undefined
  const lines = text.split('\n')
  for (const [index, line] of lines.entries()) {
    if (insideUntil !== undefined) {
      if (insideUntil.test(line)) insideUntil = undefined
      continue
    }
    const header = /^\s*\[\[?([^\]]+)\]/.exec(line)
    const assignment = header === null ? /^\s*((?:"[^"]*"|'[^']*'|[\w.\s-])+?)\s*=(.*)$/.exec(line) : null
    if (header?.[1] !== undefined) table = segments(header[1])
    const here = header !== null ? table : [...table, ...segments(assignment?.[1] ?? '')]
    const depth = assignment === null && header === null ? 0 : shared(here, path)
    if (depth === here.length && depth > best.depth) best = { line: index + 1, depth }
    insideUntil = opensMultilineString(assignment?.[2] ?? '')
  }
  return best.line
}

function segments(dotted: string): string[] {
  return [...dotted.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(match => match[1] ?? match[2] ?? match[3] ?? '')
}

function shared(a: readonly string[], b: readonly string[]): number {
  let depth = 0
  while (depth < a.length && depth < b.length && a[depth] === b[depth]) depth++
  return depth
}

function opensMultilineString(value: string): RegExp | undefined {
  for (const quotes of ['"""', "'''"]) {
    const occurrences = value.split(quotes).length - 1
    if (occurrences % 2 === 1) return new RegExp(quotes)
  }
  return undefined
}
