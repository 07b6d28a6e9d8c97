/** Lines that differ between two texts, with what stands around them: the texts differ in one place or few. */
export function diffLines(before: string | undefined, after: string | undefined): readonly string[] {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  let head = 0
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++
  let tail = 0
  while (tail < old.length - head && tail < fresh.length - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++
  const around = (lines: readonly string[]) => lines.map(line => `  ${line}`)
  return [
    ...around(old.slice(Math.max(0, head - contextLines), head)),
    ...old.slice(head, old.length - tail).map(line => `- ${line}`),
    ...fresh.slice(head, fresh.length - tail).map(line => `+ ${line}`),
    ...around(old.slice(old.length - tail, old.length - tail + contextLines)),
  ]
}

const contextLines = 3

function linesOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
}
