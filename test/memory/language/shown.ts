import { describeValue, type Form, type Keywords, type SymbolName } from '../../../src/memory/language/form.ts'
import { quoted } from '../../../src/memory/language/quoted.ts'

/** Forms as the vectors print them; they hold `sem`, `promote` and `query` only. */
export function shownForms(forms: readonly Form[]): string {
  return `[${forms.map(shownForm).join(', ')}]`
}

function shownForm(form: Form): string {
  switch (form.type) {
    case 'sem':
      return `Sem { s: ${name(form.subject)}, p: ${name(form.predicate)}, o: ${describeValue(form.object)}, keywords: ${keywords(form.keywords)} }`
    case 'promote':
      return `Promote { name: ${name(form.target)} }`
    case 'query': {
      const selector = form.selector === undefined ? 'None' : `Some(${describeValue(form.selector)})`
      return `Query { selector: ${selector}, keywords: ${keywords(form.keywords)} }`
    }
    default:
      throw new Error(`the vectors show no ${form.type}`)
  }
}

function name(symbol: SymbolName): string {
  const kind = symbol.kind === undefined ? 'None' : `Some(${quoted(symbol.kind)})`
  return `RawSymbolName { name: ${quoted(symbol.name)}, kind: ${kind} }`
}

function keywords(list: Keywords): string {
  return `{${list.map(({ key, value }) => `${quoted(key)}: ${describeValue(value)}`).join(', ')}}`
}
