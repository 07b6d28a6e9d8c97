import type * as v from 'valibot'
import { events } from '../events/table.ts'
import { ERROR_CODES } from '../protocol/errors.ts'
import { type RequestSpec, requests, type Scope } from './index.ts'

/** The part of docs/protocol.md that follows from the tables. `npm run protocol` writes it; a test compares. */
export function documentTables(): string {
  const lines = ['## Requests', '']
  for (const [name, spec] of Object.entries<RequestSpec>(requests)) lines.push(...requestSection(name, spec))
  lines.push('## Events', '', '| Kind | Data | |', '|---|---|---|')
  for (const [kind, { summary, data }] of Object.entries(events)) {
    lines.push(`| \`${kind}\` | ${code(typeOf(data))} | ${summary} |`)
  }
  lines.push('', '## Error codes', '', ERROR_CODES.map(each => `\`${each}\``).join(', '), '')
  return lines.join('\n')
}

function requestSection(name: string, spec: RequestSpec): string[] {
  const facts = [
    `needs ${capability(spec)}`,
    ...spec.scope.map(scopeText),
    ...(spec.readsContent ? ['carries text of strangers'] : []),
    ...(spec.outsideEffect ? ['can be seen outside of this machine'] : []),
  ]
  return [
    `### ${name}`,
    '',
    spec.summary,
    '',
    `- ${facts.join(' · ')}`,
    `- params: ${code(typeOf(spec.params))}`,
    `- result: ${code(typeOf(spec.result))}`,
    '',
  ]
}

function capability({ capability: needed }: RequestSpec): string {
  if (typeof needed === 'string') return `\`${needed}\``
  return `${needed.among.map(each => `\`${each}\``).join(' or ')}, as the ${needed.of} in \`${needed.field}\` says`
}

function scopeText(scope: Scope): string {
  switch (scope.accounts) {
    case 'none':
      return `no account (${scope.why})`
    case 'all':
      return `all accounts (${scope.why})`
    case 'narrowed':
      return `the accounts in \`${scope.field}\`, else all that the caller may reach`
    case 'named':
      return `the account in \`${scope.field}\`, else all`
    case 'referenced':
      return `the accounts of the ${scope.by.replace('_', ' ')} in \`${scope.field}\``
  }
}

function code(type: string): string {
  return `\`${type.replaceAll('|', '\\|')}\``
}

/** A schema in the notation of TypeScript; what it is restricted to beyond its type is left out. */
function typeOf(schema: v.GenericSchema): string {
  const facts: unknown = schema
  const type = text(facts, 'type')
  if (type === 'object' || type === 'strict_object') return objectType(facts)
  if (type === 'array') return `${grouped(inner(facts, 'item'))}[]`
  if (type === 'optional') return inner(facts, 'wrapped')
  if (type === 'nullable') return `${inner(facts, 'wrapped')} | null`
  if (type === 'record') return `Record<${inner(facts, 'key')}, ${inner(facts, 'value')}>`
  if (type === 'literal') return JSON.stringify(member(facts, 'literal'))
  if (type === 'picklist')
    return list(facts, 'options')
      .map(option => JSON.stringify(option))
      .join(' | ')
  if (type === 'variant' || type === 'union') {
    return list(facts, 'options')
      .map(option => (isSchema(option) ? typeOf(option) : '?'))
      .join(' | ')
  }
  return type
}

function objectType(facts: unknown): string {
  const entries = member(facts, 'entries')
  if (typeof entries !== 'object' || entries === null) throw new TypeError('an object schema without entries')
  const fields = Object.entries(entries).map(([name, schema]: [string, unknown]) => {
    if (!isSchema(schema)) throw new TypeError(`${name} is no schema`)
    return `${name}${text(schema, 'type') === 'optional' ? '?' : ''}: ${typeOf(schema)}`
  })
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

function inner(facts: unknown, name: string): string {
  const schema = member(facts, name)
  if (!isSchema(schema)) throw new TypeError(`no schema in ${name}`)
  return typeOf(schema)
}

function grouped(type: string): string {
  return type.includes(' | ') ? `(${type})` : type
}

function isSchema(value: unknown): value is v.GenericSchema {
  return member(value, 'kind') === 'schema'
}

function text(value: unknown, name: string): string {
  const found = member(value, name)
  if (typeof found !== 'string') throw new TypeError(`no text in ${name}`)
  return found
}

function list(value: unknown, name: string): readonly unknown[] {
  const found = member(value, name)
  if (!Array.isArray(found)) throw new TypeError(`no list in ${name}`)
  return found
}

function member(value: unknown, name: string): unknown {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? Reflect.get(value, name)
    : undefined
}
