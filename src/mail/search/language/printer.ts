import type { Query, Term } from './ast.ts'
import { isOperator } from './operators.ts'
import { printDay, printSize } from './values.ts'

/** The query in one canonical form: parsing it gives an equal tree, printing that gives the same text. */
export function print(query: Query): string {
  switch (query.kind) {
    case 'all':
      return ''
    case 'none':
      return 'in:nowhere'
    case 'text':
      return printTerm(query.term)
    case 'field':
      return `${query.field}:${printTerm(query.term, true)}`
    case 'near':
      return `${printTerm(query.left)} AROUND ${query.distance} ${printTerm(query.right)}`
    case 'is':
      return `is:${query.state}`
    case 'in':
      return `in:${query.place}`
    case 'has':
      return `has:${query.what}`
    case 'category':
      return `category:${query.category}`
    case 'keyword':
      return `is:${printName(query.name)}`
    case 'messageId':
      return `rfc822msgid:${printName(query.name)}`
    case 'label':
    case 'account':
    case 'thread':
    case 'id':
      return `${query.kind}:${printName(query.name)}`
    case 'size':
      return printComparison(query.compare, printSize(query.bytes))
    case 'date':
      return `${query.bound === 'on' ? 'date' : query.bound}:${printDay(query.day)}`
    case 'age':
      return `${query.bound}_than:${query.amount}${query.unit}`
    case 'and':
      return query.of.map(member => (member.kind === 'or' ? `(${print(member)})` : print(member))).join(' ')
    case 'or':
      return query.of.map(print).join(' OR ')
    case 'not':
      return query.of.kind === 'and' || query.of.kind === 'or' || query.of.kind === 'near'
        ? `-(${print(query.of)})`
        : `-${print(query.of)}`
  }
}

function printComparison(compare: string, size: string): string {
  if (compare === '>') return `larger:${size}`
  if (compare === '<') return `smaller:${size}`
  return compare === '>=' ? `size:${size}` : `size:${compare}${size}`
}

function printTerm({ text, form }: Term, isValue = false): string {
  switch (form) {
    case 'phrase':
      return quote(text)
    case 'prefix':
      return `${text}*`
    case 'piece':
      return `*${text}*`
    case 'exact':
      return `+${text}`
    case 'word':
      return isValue || !readsOtherwise(text) ? text : quote(text)
  }
}

/** Words that a program put into a tree, and that would not be read as words. */
function readsOtherwise(text: string): boolean {
  if (text === 'AND' || text === 'OR' || text === 'NOT' || text === 'AROUND') return true
  return /^[-+]./.test(text) || (isOperator(text.split(':', 1)[0] ?? '') && text.includes(':'))
}

/** A name goes bare when it would be read back as it is; a star or a plus would not. */
function printName(name: string): string {
  return /^[^\s(){}"“”|*+][^\s(){}"“”|*]*$/u.test(name) ? name : quote(name)
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
