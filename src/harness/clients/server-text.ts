import { parse, TomlError } from 'smol-toml'
import { err, ok, type Result } from '#base/result.ts'
import { appendChild, type JsonObject, type Member, memberOf, removeChild, scanJson } from '../hooks/json-text.ts'
import type { McpClient } from './mcp-clients.ts'

/** What a client is told to start. It holds no secret: a token comes to the server by the client's own means. */
export interface ServerEntry {
  readonly command: string
  readonly args: readonly string[]
}

export interface TextRefusal {
  readonly code: 'client_file_malformed'
  readonly message: string
}

export const serverName = 'postern'

/** Pure: the client's file with our server in it, every other byte as it was; the same text when it is there already. */
export function withServer(
  text: string | undefined,
  form: McpClient['form'],
  entry: ServerEntry,
): Result<string, TextRefusal> {
  return form === 'toml' ? withTomlServer(text ?? '', entry) : withJsonServer(text ?? '', form, entry)
}

/** Pure: the text without our server, and without what is empty because of that. */
export function withoutServer(text: string, form: McpClient['form']): Result<string, TextRefusal> {
  return form === 'toml' ? withoutTomlServer(text) : withoutJsonServer(text, form)
}

/** The entry as it stands there, as plain data; undefined when there is none. */
export function serverIn(text: string, form: McpClient['form']): Result<unknown, TextRefusal> {
  if (form === 'toml') {
    const table = tomlOf(text)
    return table.ok ? ok(tableIn(table.value)) : table
  }
  const read = jsonRoot(text, form)
  if (!read.ok) return read
  const { server } = read.value
  return ok(server === undefined ? undefined : JSON.parse(text.slice(server.value.start, server.value.end)))
}

/** For a person to paste where a file cannot be changed safely. */
export function snippetOf(form: McpClient['form'], entry: ServerEntry): string {
  return form === 'toml'
    ? tomlBlock(entry)
    : `"${form}": ${JSON.stringify({ [serverName]: jsonEntry(form, entry) }, undefined, 2)}\n`
}

function jsonEntry(form: McpClient['form'], { command, args }: ServerEntry): object {
  return { ...(form === 'servers' ? { type: 'stdio' } : {}), command, args }
}

function withJsonServer(text: string, form: 'mcpServers' | 'servers', entry: ServerEntry): Result<string, TextRefusal> {
  const value = jsonEntry(form, entry)
  if (text.trim() === '') return ok(`${JSON.stringify({ [form]: { [serverName]: value } }, undefined, 2)}\n`)
  const read = jsonRoot(text, form)
  if (!read.ok) return read
  const { root, servers, server } = read.value
  if (server !== undefined) {
    const there: unknown = JSON.parse(text.slice(server.value.start, server.value.end))
    if (JSON.stringify(there) === JSON.stringify(value)) return ok(text)
    if (hasMore(there)) return refuse(byHand)
    const taken = withoutJsonServer(text, form)
    return taken.ok ? withJsonServer(taken.value, form, entry) : taken
  }
  const named = `"${serverName}": ${JSON.stringify(value, undefined, 2)}`
  if (servers !== undefined) return ok(appendChild(text, servers, named))
  return ok(appendChild(text, root, `"${form}": {\n  ${named.replaceAll('\n', '\n  ')}\n}`))
}

function withoutJsonServer(text: string, form: 'mcpServers' | 'servers'): Result<string, TextRefusal> {
  const read = jsonRoot(text, form)
  if (!read.ok) return read
  const { root, servers, server } = read.value
  if (server === undefined || servers === undefined) return ok(text)
  const isAll = servers.members.length === 1
  const parent = isAll ? root : servers
  return ok(
    removeChild(
      text,
      parent,
      parent.members.findIndex(({ key }) => key === (isAll ? form : serverName)),
    ),
  )
}

interface Root {
  readonly root: JsonObject
  readonly servers: JsonObject | undefined
  readonly server: Member | undefined
}

function jsonRoot(text: string, form: string): Result<Root, TextRefusal> {
  try {
    JSON.parse(text)
  } catch {
    // What the parser says quotes the text around the fault, and a token of another server may stand there.
    return refuse('it is no JSON without comments')
  }
  const root = scanJson(text)
  if (root?.kind !== 'object') return refuse('it is no JSON object')
  const servers = memberOf(root, form)
  if (servers === 'repeated') return refuse(`"${form}" stands in it twice`)
  if (servers === undefined) return ok({ root, servers: undefined, server: undefined })
  if (servers.value.kind !== 'object') return refuse(`"${form}" is no object`)
  const server = memberOf(servers.value, serverName)
  if (server === 'repeated') return refuse(`"${serverName}" stands in it twice`)
  return ok({ root, servers: servers.value, server })
}

const byHand = `its "${serverName}" has more than what is written here, such as a token: take it out first`

/** A token in it says who the agent is: without it the same server would be another agent, with other rights. */
function hasMore(server: unknown): boolean {
  if (typeof server !== 'object' || server === null) return true
  return Object.keys(server).some(key => !['type', 'command', 'args'].includes(key))
}

const header = `[mcp_servers.${serverName}]`

function tomlBlock({ command, args }: ServerEntry): string {
  return `${header}\ncommand = ${JSON.stringify(command)}\nargs = [${args.map(arg => JSON.stringify(arg)).join(', ')}]\n`
}

function withTomlServer(text: string, entry: ServerEntry): Result<string, TextRefusal> {
  const table = tomlOf(text)
  if (!table.ok) return table
  const there = tableIn(table.value)
  if (there !== undefined) {
    if (JSON.stringify(there) === JSON.stringify(entry)) return ok(text)
    if (hasMore(there)) return refuse(byHand)
    const taken = withoutTomlServer(text)
    return taken.ok ? withTomlServer(taken.value, entry) : taken
  }
  const gap = text === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n'
  const after = `${text}${gap}${tomlBlock(entry)}`
  return held(after, after, entry)
}

/** Our table, from its header to the next, with the blank line before it; only if nothing else changes by that. */
function withoutTomlServer(text: string): Result<string, TextRefusal> {
  const table = tomlOf(text)
  if (!table.ok) return table
  if (tableIn(table.value) === undefined) return ok(text)
  const lines = text.split(/(?<=\n)/)
  const first = lines.findIndex(line => line.trim() === header)
  if (first < 0) return refuse(`its mcp_servers.${serverName} is not written as a table of its own`)
  const next = lines.findIndex((line, at) => at > first && line.trimStart().startsWith('['))
  const last = next < 0 ? lines.length : next
  const before = lines.slice(0, first)
  if (before.at(-1)?.trim() === '') before.pop()
  const after = [...before, ...lines.slice(last)].join('')
  return held(after, after, undefined)
}

/** What was written is read again: TOML can be written in more ways than were thought of here. */
function held(after: string, text: string, entry: ServerEntry | undefined): Result<string, TextRefusal> {
  const read = tomlOf(text)
  if (!read.ok) return read
  const there = tableIn(read.value)
  return JSON.stringify(there) === JSON.stringify(entry)
    ? ok(after)
    : refuse('it cannot be changed without changing more')
}

function tomlOf(text: string): Result<Readonly<Record<string, unknown>>, TextRefusal> {
  try {
    return ok(parse(text))
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    return refuse(`line ${error.line} is no TOML`)
  }
}

function tableIn({ mcp_servers: servers }: Readonly<Record<string, unknown>>): unknown {
  if (typeof servers !== 'object' || servers === null || !Object.hasOwn(servers, serverName)) return undefined
  return Object.getOwnPropertyDescriptor(servers, serverName)?.value
}

function refuse(message: string): Result<never, TextRefusal> {
  return err({ code: 'client_file_malformed', message })
}
