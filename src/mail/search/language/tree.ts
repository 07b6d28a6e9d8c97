import type { Query, Term } from './ast.ts'

/** `and` or `or` in normal form. */
export function join(kind: 'and' | 'or', members: readonly Query[]): Query {
  const flat = members.flatMap(member => (member.kind === kind ? member.of : [member]))
  const [only] = flat
  return flat.length === 1 && only !== undefined ? only : { kind, of: flat }
}

/** The opposite of what was not understood is not everything. */
export function negate(query: Query): Query {
  if (holdsNone(query)) return { kind: 'none' }
  return query.kind === 'not' ? query.of : { kind: 'not', of: query }
}

function holdsNone(query: Query): boolean {
  if (query.kind === 'none') return true
  return (query.kind === 'and' || query.kind === 'or') && query.of.some(holdsNone)
}

/** `start*`, `*piece*` or a plain word. A star anywhere else is punctuation. */
export function termOf(text: string): Term {
  const piece = /^\*([^*]+)\*?$/.exec(text)?.[1]
  if (piece !== undefined) return { text: piece, form: 'piece' }
  const prefix = /^([^*]+)\*$/.exec(text)?.[1]
  return prefix === undefined ? { text, form: 'word' } : { text: prefix, form: 'prefix' }
}
