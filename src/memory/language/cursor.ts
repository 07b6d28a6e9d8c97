import { Refusal } from '../refusal.ts'
import type { Keyword, Keywords, RawValue, SymbolName } from './form.ts'
import { describeValue } from './form.ts'
import { instantOf } from './instant.ts'
import type { ParseError } from './parse-error.ts'
import { type Position, positionAt } from './position.ts'
import { describeToken, type Token } from './token.ts'

/** Lists in values, and `correct` in `correct`, share one depth; the stack never holds more than this. */
const nestingMax = 256

/** The place in the tokens, and the readers of what a form is made of. `slot` is what messages say was expected. */
export class Cursor {
  readonly text: string
  readonly tokens: readonly Token[]
  next = 0
  depth = 0

  constructor(text: string, tokens: readonly Token[]) {
    this.text = text
    this.tokens = tokens
  }

  peek(): Token | undefined {
    return this.tokens[this.next]
  }

  refuse(error: ParseError): never {
    throw new Refusal(error)
  }

  position(token: Token): Position {
    return positionAt(this.text, token.at)
  }

  /** Refuses the next token, or the end of the text. */
  unexpected(expected: string): never {
    const token = this.peek()
    if (token === undefined) return this.refuse({ code: 'UnexpectedEof', expected })
    return this.refuse({ code: 'UnexpectedToken', found: describeToken(token), expected, pos: this.position(token) })
  }

  take(type: Token['type'], expected: string): Token {
    const token = this.peek()
    if (token?.type !== type) return this.unexpected(expected)
    this.next++
    return token
  }

  /** Runs inside one more level, which `open` begins. */
  nested<T>(open: Token, body: () => T): T {
    if (this.depth === nestingMax) {
      return this.refuse({ code: 'NestingTooDeep', max: nestingMax, pos: this.position(open) })
    }
    this.depth++
    const result = body()
    this.depth--
    return result
  }

  symbol(slot: string): SymbolName {
    const { text, kind } = this.take('symbol', slot)
    return { name: text, kind }
  }

  /** A bareword will do. */
  predicate(slot: string): SymbolName {
    const token = this.peek()
    if (token?.type !== 'bareword') return this.symbol(slot)
    this.next++
    return { name: token.text, kind: undefined }
  }

  value(slot: string): RawValue {
    const token = this.peek()
    if (token === undefined) return this.refuse({ code: 'UnexpectedEof', expected: slot })
    if (token.type === 'left') {
      this.next++
      return this.nested(token, () => ({ type: 'list', items: this.list(token) }))
    }
    const value = scalar(token)
    if (value === undefined) {
      return this.refuse({ code: 'ExpectedValue', found: describeToken(token), pos: this.position(token) })
    }
    this.next++
    return value
  }

  /** The values behind `open`, and the parenthesis that ends them. */
  list(open: Token): RawValue[] {
    const items: RawValue[] = []
    for (;;) {
      const token = this.peek()
      if (token === undefined) return this.refuse({ code: 'UnbalancedList', pos: this.position(open) })
      if (token.type === 'right') {
        this.next++
        return items
      }
      items.push(this.value('list element'))
    }
  }

  /** Names in parentheses; the kinds written behind them are dropped, as the format's other readers do. */
  symbols(slot: string): string[] {
    const open = this.take('left', slot)
    return this.list(open).map(item => {
      if (item.type === 'symbol') return item.name
      return this.refuse({ code: 'ExpectedSymbolInList', found: describeValue(item), pos: this.position(open) })
    })
  }

  /** `:key value` pairs up to the closing parenthesis, which stays. The required ones are looked for in their order. */
  keywords(form: string, allowed: readonly string[], required: readonly string[] = []): Keywords {
    const keywords: Keyword[] = []
    for (;;) {
      const token = this.peek()
      if (token === undefined || token.type === 'right') break
      if (token.type !== 'keyword') return this.unexpected('`:keyword value` pair or closing `)`')
      if (!allowed.includes(token.text)) return this.badKeyword(token, form)
      this.next++
      this.insert(keywords, token, this.value('keyword value'))
    }
    for (const missing of required) {
      if (!keywords.some(({ key }) => key === missing)) {
        return this.refuse({ code: 'MissingRequiredKeyword', missing, form })
      }
    }
    return keywords
  }

  insert(keywords: Keyword[], token: Token, value: RawValue): void {
    let place = keywords.length
    for (; place > 0; place--) {
      const key = keywords[place - 1]?.key ?? ''
      if (key === token.text) this.duplicate(token)
      if (key < token.text) break
    }
    keywords.splice(place, 0, { key: token.text, value })
  }

  badKeyword(token: Token, form: string): never {
    return this.refuse({ code: 'BadKeyword', keyword: token.text, form, pos: this.position(token) })
  }

  duplicate(token: Token): never {
    return this.refuse({ code: 'DuplicateKeyword', keyword: token.text, pos: this.position(token) })
  }

  close(form: string): void {
    this.take('right', `closing \`)\` for ${form}`)
  }
}

function scalar(token: Token): RawValue | undefined {
  switch (token.type) {
    case 'symbol':
      return { type: 'symbol', name: token.text, kind: token.kind }
    case 'bareword':
    case 'string':
      return { type: token.type, text: token.text }
    case 'integer':
      return { type: 'integer', value: token.number }
    case 'float':
      return { type: 'float', value: Number(token.number) }
    case 'boolean':
      return { type: 'boolean', value: token.text === 'true' }
    case 'nil':
      return { type: 'nil' }
    case 'timestamp': {
      const at = instantOf(token.text)
      return at === undefined ? { type: 'raw_timestamp', text: token.text } : { type: 'timestamp', at }
    }
    case 'left':
    case 'right':
    case 'keyword':
      return undefined
  }
}
