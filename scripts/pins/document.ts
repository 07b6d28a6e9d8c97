import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import { err, ok, type Result } from '#base/result.ts'

/**
 * A YAML file as plain values with their lines and comments. Workflows are read by a real parser: a search
 * by lines would miss what YAML lets one write in another way.
 */
export interface Value {
  readonly line: number
  /** The comment that ends the line of a scalar, without its mark. */
  readonly comment: string | undefined
  readonly scalar: string | number | boolean | null | undefined
  readonly fields: ReadonlyMap<string, Value> | undefined
  readonly items: readonly Value[] | undefined
}

const textLengthMax = 256 * 1024

export function parseYaml(text: string): Result<Value, string> {
  if (text.length > textLengthMax) return err(`longer than ${textLengthMax} characters`)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) return err(problem.message.split('\n')[0] ?? 'not YAML')
  let aliases = 0
  visit(document, {
    Alias: () => {
      aliases++
    },
  })
  // An alias would let one place say what stands in another, and a reviewer look past it.
  if (aliases > 0) return err('aliases are not read')
  return ok(readNode(document.contents, lines))
}

export function field(value: Value | undefined, ...path: string[]): Value | undefined {
  return path.reduce<Value | undefined>((current, key) => current?.fields?.get(key), value)
}

export function textOf(value: Value | undefined): string | undefined {
  return typeof value?.scalar === 'string' ? value.scalar : undefined
}

export function fieldsOf(value: Value | undefined): [string, Value][] {
  return [...(value?.fields ?? [])]
}

export function itemsOf(value: Value | undefined): readonly Value[] {
  return value?.items ?? []
}

function readNode(node: unknown, lines: LineCounter): Value {
  const line = lineOf(node, lines)
  const nothing = { line, comment: undefined, scalar: undefined, fields: undefined, items: undefined }
  if (isMap(node)) {
    const fields = new Map<string, Value>()
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : ''
      fields.set(key, { ...readNode(pair.value, lines), line: lineOf(pair.key, lines) })
    }
    return { ...nothing, fields }
  }
  if (isSeq(node)) return { ...nothing, items: node.items.map(item => readNode(item, lines)) }
  if (!isScalar(node)) return { ...nothing, scalar: null }
  const { value } = node
  const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null
  return { ...nothing, comment: node.comment?.trim(), scalar: known ? value : String(value) }
}

function lineOf(node: unknown, lines: LineCounter): number {
  const range = isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined
  return range === undefined || range === null ? 0 : lines.linePos(range[0]).line
}
