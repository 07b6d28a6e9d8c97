import { err, ok, type Result } from '#base/result.ts'
import { parse } from '#memory/language/parser.ts'
import { MEMORY_HEADS } from '../surface.ts'

/** What is wrong with a line of a model's answer: a code, never words of it. */
export interface LineFault {
  /** Counted from 1. */
  readonly line: number
  readonly code: string
}

export const formsMax = 200
/** How a model says that a draft holds nothing to remember. */
export const nothingWord = 'none'

/**
 * An answer is memory forms, one a line, or the word `none`. A fence around them is left out, as models like to put one;
 * anything else makes the answer none.
 */
export function formsOfReply(text: string): Result<readonly string[], readonly LineFault[]> {
  const lines = text.split(/\r?\n/).map((line, at) => ({ line: at + 1, text: line.trim() }))
  const said = lines.filter(each => each.text !== '' && !/^```[a-z]*$/.test(each.text))
  if (said.length === 1 && said[0]?.text === nothingWord) return ok([])
  if (said.length > formsMax) return err([{ line: formsMax + 1, code: 'TooManyForms' }])
  const faults = said.flatMap(each => {
    const code = faultOf(each.text)
    return code === undefined ? [] : [{ line: each.line, code }]
  })
  if (said.length === 0) return err([{ line: 1, code: 'NoForm' }])
  return faults.length > 0 ? err(faults) : ok(said.map(each => each.text))
}

function faultOf(line: string): string | undefined {
  if (!line.startsWith('(')) return 'NoForm'
  const parsed = parse(line)
  if (!parsed.ok) return `Parse.${parsed.error.code}`
  if (parsed.value.length !== 1) return 'NotOneForm'
  const [form] = parsed.value
  return MEMORY_HEADS.some(head => head === form?.type) ? undefined : 'HeadNotAllowed'
}
