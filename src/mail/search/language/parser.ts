import { nearest } from '#base/nearest.ts'
import type { Query, Term } from './ast.ts'
import type { Diagnostic, DiagnosticCode } from './diagnostics.ts'
import { meaningOf, OPERATORS } from './operators.ts'
import { Scanner, type Token } from './scanner.ts'
import { join, negate, termOf } from './tree.ts'

export interface Parsed {
  readonly ast: Query
  /** Errors and warnings in the order of their positions. */
  readonly warnings: readonly Diagnostic[]
}

export const queryCharsMax = 2_000
const depthMax = 64
const termsMax = 256
const distanceMax = 10_000

/** Reads a query. Never throws: what is wrong is told, and matches nothing. */
export function parse(text: string): Parsed {
  if (text.length > queryCharsMax) {
    const message = `a query has at most ${queryCharsMax} characters`
    const warning: Diagnostic = {
      code: 'too_long',
      severity: 'error',
      position: queryCharsMax,
      length: text.length - queryCharsMax,
      message,
    }
    return { ast: { kind: 'none' }, warnings: [warning] }
  }
  const parser = new Parser(text)
  const ast = parser.query()
  return { ast, warnings: parser.warnings.sort((one, other) => one.position - other.position) }
}

class Parser {
  readonly warnings: Diagnostic[] = []
  readonly #scanner: Scanner
  #token: Token
  #depth = 0
  #terms = 0

  constructor(text: string) {
    this.#scanner = new Scanner(text)
    this.#token = this.#scanner.next()
  }

  query(): Query {
    if (this.#token.kind === 'end') return { kind: 'all' }
    const parts = [this.#or()]
    while (this.#token.kind === ')' || this.#token.kind === '}') {
      const isParen = this.#token.kind === ')'
      this.#say(isParen ? 'unmatched_paren' : 'unmatched_brace', this.#token, `"${this.#token.text}" closes nothing`)
      if (this.#advance().kind !== 'end') parts.push(this.#or())
    }
    return join('and', parts)
  }

  #or(): Query {
    const members = [this.#and()]
    while (this.#token.kind === 'OR') {
      const operator = this.#token
      this.#advance()
      if (this.#endsGroup()) {
        members.push(this.#refuse('missing_operand', operator, `nothing follows ${operator.text}`))
        break
      }
      members.push(this.#and())
    }
    return join('or', members)
  }

  #and(): Query {
    const members: Query[] = []
    while (!this.#endsGroup() && this.#token.kind !== 'OR') {
      if (this.#token.kind === 'AND') {
        if (members.length === 0)
          members.push(this.#refuse('missing_operand', this.#token, 'nothing stands before AND'))
        this.#advance()
      } else members.push(this.#near())
    }
    if (members.length > 0) return join('and', members)
    return this.#token.kind === 'OR'
      ? this.#refuse('missing_operand', this.#token, `nothing stands before ${this.#token.text}`)
      : this.#refuse('empty_group', this.#token, 'there is nothing between the brackets')
  }

  #near(): Query {
    const start = this.#token
    const left = this.#unary()
    if (this.#token.kind !== 'AROUND') return left
    const around = this.#token
    const number = this.#advance()
    const distance = number.kind === 'word' && /^\d{1,5}$/.test(number.text) ? Number(number.text) : -1
    if (distance < 0 || distance > distanceMax) {
      return this.#refuse('invalid_distance', around, 'AROUND takes a number of words: apple AROUND 5 pie')
    }
    this.#advance()
    if (this.#endsGroup()) return this.#refuse('missing_operand', around, 'nothing follows AROUND')
    const right = this.#unary()
    if (left.kind === 'text' && right.kind === 'text') {
      return { kind: 'near', left: left.term, right: right.term, distance }
    }
    if (left.kind === 'none' || right.kind === 'none') return { kind: 'none' }
    return this.#refuse(
      'missing_operand',
      { ...start, end: this.#token.start },
      'AROUND stands between two words or phrases',
    )
  }

  #unary(): Query {
    if (this.#token.kind !== '-' && this.#token.kind !== 'NOT') return this.#atom()
    const sign = this.#token
    this.#advance()
    if (this.#token.kind === '-' || this.#token.kind === 'NOT') {
      this.#say('double_negation', { ...sign, end: this.#token.end }, 'two negations in a row')
      this.#unary()
      return { kind: 'none' }
    }
    if (this.#endsGroup() || this.#token.kind === 'OR' || this.#token.kind === 'AND') {
      return this.#refuse('missing_operand', sign, `nothing follows ${sign.text}`)
    }
    return negate(this.#atom())
  }

  #atom(): Query {
    const token = this.#token
    switch (token.kind) {
      case '(':
        return this.#group(')', () => this.#or())
      case '{':
        return this.#group('}', () => this.#members())
      case 'operator':
        return this.#operator(token)
      case 'phrase':
        this.#advance()
        return this.#counted(token, this.#phrase(token))
      case 'word':
        this.#advance()
        return this.#counted(token, this.#word(token))
      default:
        this.#advance()
        return this.#refuse('missing_operand', token, `"${token.text}" stands where a word should`)
    }
  }

  #group(close: ')' | '}', content: () => Query): Query {
    const open = this.#token
    this.#advance()
    if (++this.#depth > depthMax) {
      this.#depth--
      this.#skipAll()
      return this.#refuse('too_deep', open, `brackets go at most ${depthMax} deep`)
    }
    const inner = content()
    this.#depth--
    if (this.#token.kind === close) this.#advance()
    else if (!this.#isSkipped) {
      const code = close === ')' ? 'unmatched_paren' : 'unmatched_brace'
      return this.#refuse(code, open, `"${open.text}" is not closed`)
    }
    return inner
  }

  /** In braces every member is an alternative. */
  #members(): Query {
    const members: Query[] = []
    while (this.#token.kind !== '}' && this.#token.kind !== 'end' && this.#token.kind !== ')') {
      if (this.#token.kind === 'AND' || this.#token.kind === 'OR') this.#advance()
      else members.push(this.#unary())
    }
    return members.length > 0
      ? join('or', members)
      : this.#refuse('empty_group', this.#token, 'there is nothing between the braces')
  }

  #operator(operator: Token): Query {
    const value = this.#scanner.nextValue()
    if (value.kind === '(') return this.#fieldGroup(operator, value)
    if (value.kind !== 'word' && value.kind !== 'phrase') {
      this.#token = value
      return this.#refuse('expected_value', operator, `nothing follows ${operator.text}:`)
    }
    this.#advance()
    return this.#counted(operator, this.#fielded(operator, value))
  }

  /** `from:(a b OR c)`: each member joins what stands before it, from left to right. */
  #fieldGroup(operator: Token, open: Token): Query {
    let collected: Query | undefined
    let joiner: 'and' | 'or' = 'and'
    for (;;) {
      this.#token = this.#scanner.next()
      if (this.#token.kind === ')') break
      if (this.#token.kind === 'end' || this.#token.kind === '}') {
        return this.#refuse('unmatched_paren', open, '"(" is not closed')
      }
      if (this.#token.kind === 'AND' || this.#token.kind === 'OR') {
        joiner = this.#token.kind === 'OR' ? 'or' : 'and'
        continue
      }
      const isNegated = this.#token.kind === '-' || this.#token.kind === 'NOT'
      if (isNegated) this.#token = this.#scanner.next()
      const member = this.#groupMember(operator, this.#token)
      const signed = isNegated ? negate(member) : member
      collected = collected === undefined ? signed : join(joiner, [collected, signed])
      joiner = 'and'
    }
    this.#advance()
    return collected ?? this.#refuse('expected_value', operator, `nothing follows ${operator.text}:`)
  }

  #groupMember(operator: Token, value: Token): Query {
    if (value.kind === 'word' || value.kind === 'phrase') return this.#counted(value, this.#fielded(operator, value))
    if (value.kind === 'operator') this.#scanner.nextValue()
    return this.#refuse('expected_value', value, `inside ${operator.text}:( ) only words and phrases may stand`)
  }

  #fielded(operator: Token, value: Token): Query {
    const term: Term = value.kind === 'phrase' ? this.#quoted(value) : termOf(value.text.replace(/^\++/, ''))
    if (term.text === '') return this.#refuse('expected_value', operator, `nothing follows ${operator.text}:`)
    const meaning = meaningOf(operator.text, term)
    if ('kind' in meaning) return meaning
    const { code, message, suggestion } = meaning
    return this.#refuse(code, { start: operator.start, end: value.end, suggestion }, message)
  }

  #phrase(token: Token): Query {
    const term = this.#quoted(token)
    const near = /^(\S+) AROUND (\d{1,4}) (\S+)$/.exec(term.text)
    if (near?.[1] === undefined || near[3] === undefined) return { kind: 'text', term }
    const [left, right] = [near[1], near[3]].map(text => ({ text, form: 'word' as const }))
    if (left === undefined || right === undefined) return { kind: 'text', term }
    return { kind: 'near', left, right, distance: Number(near[2]) }
  }

  #quoted(token: Token): Term {
    if ('isOpen' in token && token.isOpen === true) {
      const message = 'the quotation mark is not closed: the phrase goes on to the end'
      this.#say('unterminated_quote', { start: token.start, end: token.end, severity: 'warning' }, message)
    }
    return { text: token.text, form: 'phrase' }
  }

  #word(token: Token): Query {
    if (token.text.startsWith('+') && token.text.length > 1) {
      return { kind: 'text', term: { text: token.text.slice(1), form: 'exact' } }
    }
    const operator = /^([a-z][a-z0-9_]*):/i.exec(token.text)?.[1]
    if (operator !== undefined) return this.#strangeOperator(operator, token)
    if (token.text.includes(':')) {
      const span = { start: token.start, end: token.end }
      this.#say('read_as_text', { ...span, severity: 'warning' }, `"${token.text}" is searched as text`)
    }
    return { kind: 'text', term: termOf(token.text) }
  }

  /** `form:alice` is a slip, `https://…` and `Re:` are not. */
  #strangeOperator(operator: string, token: Token): Query {
    const span = { start: token.start, end: token.end }
    const known = nearest(operator, OPERATORS)
    const rest = token.text.slice(operator.length)
    if (known !== undefined && rest.length > 1 && !rest.startsWith('://')) {
      return this.#refuse(
        'unknown_operator',
        { ...span, suggestion: `${known}${rest}` },
        `there is no operator "${operator}:"`,
      )
    }
    const message = `"${operator}:" is no operator: "${token.text}" is searched as text`
    this.#say('read_as_text', { ...span, severity: 'warning' }, message)
    return { kind: 'text', term: termOf(token.text) }
  }

  #counted(token: Token, query: Query): Query {
    this.#terms++
    if (this.#terms <= termsMax) return query
    this.#skipAll()
    if (this.#terms > termsMax + 1) return { kind: 'none' }
    return this.#refuse('too_many_terms', token, `a query has at most ${termsMax} terms`)
  }

  #endsGroup(): boolean {
    return this.#token.kind === 'end' || this.#token.kind === ')' || this.#token.kind === '}'
  }

  #isSkipped = false

  /** Past a limit nothing more is read, so that it costs nothing. */
  #skipAll(): void {
    this.#isSkipped = true
    const end = this.#scanner.text.length
    this.#token = { kind: 'end', text: '', start: end, end }
  }

  #advance(): Token {
    if (!this.#isSkipped) this.#token = this.#scanner.next()
    return this.#token
  }

  #refuse(code: DiagnosticCode, at: Stretch, message: string): Query {
    this.#say(code, at, message)
    return { kind: 'none' }
  }

  #say(code: DiagnosticCode, { start, end, suggestion, severity = 'error' }: Stretch, message: string): void {
    const said = { code, severity, position: start, length: Math.max(0, end - start), message }
    this.warnings.push(suggestion === undefined ? said : { ...said, suggestion })
  }
}

/** The part of the query that something is said about. */
interface Stretch {
  readonly start: number
  readonly end: number
  readonly severity?: Diagnostic['severity']
  readonly suggestion?: string | undefined
}
