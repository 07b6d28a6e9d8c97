import { err, ok, type Result } from '#base/result.ts'
import {
  appendChild,
  type JsonArray,
  type JsonNode,
  type JsonObject,
  memberOf,
  removeChild,
  scanJson,
} from './json-text.ts'

/** What an agent runs at the start of each of its sessions: prints in a session of ours, and nothing outside of one. */
export const hookCommand = 'postern context --hook'
const event = 'SessionStart'
const group = {
  matcher: 'startup|resume|clear|compact',
  hooks: [{ type: 'command', command: hookCommand }],
}

export type HookRefusal = { readonly code: 'hooks_malformed'; readonly message: string }

const roundsMax = 1_000

/** Pure: the text of a hooks file with our hook in it; the same text when it is there already. */
export function withHook(text: string | undefined): Result<string, HookRefusal> {
  if (text === undefined || text.trim() === '') {
    return ok(`${JSON.stringify({ hooks: { [event]: [group] } }, undefined, 2)}\n`)
  }
  const read = rootOf(text)
  if (!read.ok) return read
  const { root, hooks, events } = read.value
  if (ours(text, hooks) !== undefined) return ok(text)
  const added = JSON.stringify(group, undefined, 2)
  if (events !== undefined) return ok(appendChild(text, events, added))
  const named = `"${event}": ${JSON.stringify([group], undefined, 2)}`
  if (hooks !== undefined) return ok(appendChild(text, hooks, named))
  return ok(appendChild(text, root, `"hooks": ${JSON.stringify({ [event]: [group] }, undefined, 2)}`))
}

/** Pure: the text without any hook of ours, and without what is empty because of that. */
export function withoutHook(text: string): Result<string, HookRefusal> {
  let left = text
  for (let round = 0; round < roundsMax; round++) {
    const read = rootOf(left)
    if (!read.ok) return read
    const found = ours(left, read.value.hooks)
    if (found === undefined) return ok(left)
    left = takenOut(left, found)
  }
  return refuse('there are too many hooks of ours in it')
}

export function hasHook(text: string): boolean {
  const read = rootOf(text)
  return read.ok && ours(text, read.value.hooks) !== undefined
}

interface Root {
  readonly root: JsonObject
  readonly hooks: JsonObject | undefined
  readonly events: JsonArray | undefined
}

function rootOf(text: string): Result<Root, HookRefusal> {
  try {
    JSON.parse(text)
  } catch {
    // What the parser says quotes the text around the fault, and a secret may stand there.
    return refuse('it is no JSON')
  }
  const root = scanJson(text)
  if (root?.kind !== 'object') return refuse('it is no JSON object')
  const hooks = memberOf(root, 'hooks')
  if (hooks === 'repeated') return refuse('"hooks" stands in it twice')
  if (hooks === undefined) return ok({ root, hooks: undefined, events: undefined })
  if (hooks.value.kind !== 'object') return refuse('"hooks" is no object')
  const events = memberOf(hooks.value, event)
  if (events === 'repeated') return refuse(`"${event}" stands in it twice`)
  if (events !== undefined && events.value.kind !== 'array') return refuse(`"${event}" is no list`)
  const list = events?.value.kind === 'array' ? events.value : undefined
  return ok({ root, hooks: hooks.value, events: list })
}

/** The way to a hook of ours: each container with the index of the child that leads on. */
type Way = readonly { readonly parent: JsonObject | JsonArray; readonly index: number }[]

function ours(text: string, hooks: JsonObject | undefined): Way | undefined {
  if (hooks === undefined) return undefined
  for (const [eventAt, { value: groups }] of hooks.members.entries()) {
    if (groups.kind !== 'array') continue
    for (const [groupAt, each] of groups.items.entries()) {
      const handlers = each.kind === 'object' ? each.members.find(({ key }) => key === 'hooks')?.value : undefined
      if (handlers?.kind !== 'array') continue
      const handlerAt = handlers.items.findIndex(handler => isOurs(text, handler))
      if (handlerAt < 0) continue
      return [
        { parent: hooks, index: eventAt },
        { parent: groups, index: groupAt },
        { parent: handlers, index: handlerAt },
      ]
    }
  }
  return undefined
}

function isOurs(text: string, { start, end }: JsonNode): boolean {
  const handler: unknown = JSON.parse(text.slice(start, end))
  return typeof handler === 'object' && handler !== null && 'command' in handler && handler.command === hookCommand
}

/** Takes out the outermost thing that holds nothing but our hook. */
function takenOut(text: string, way: Way): string {
  const root = scanJson(text)
  const outermost = way.findIndex((_, depth) => way.slice(depth + 1).every(({ parent }) => sizeOf(parent) === 1))
  const step = way[outermost]
  if (step === undefined) throw new Error('a hook without a place')
  const isAll = outermost === 0 && sizeOf(step.parent) === 1
  if (isAll && root?.kind === 'object') {
    return removeChild(
      text,
      root,
      root.members.findIndex(({ key }) => key === 'hooks'),
    )
  }
  return removeChild(text, step.parent, step.index)
}

function sizeOf(parent: JsonObject | JsonArray): number {
  return parent.kind === 'object' ? parent.members.length : parent.items.length
}

function refuse(message: string): Result<never, HookRefusal> {
  return err({ code: 'hooks_malformed', message })
}
