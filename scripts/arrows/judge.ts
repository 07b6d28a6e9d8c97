import { posix } from 'node:path'
import { type Diagnostic, error } from '../gate/diagnostic.ts'
import type { Import, ImportKind } from './imports.ts'
import { entry, type Room, rooms } from './rooms.ts'

export interface Sources {
  /** Every file of src, as in `src/base/clock.ts`. */
  readonly files: ReadonlySet<string>
  readonly imports: readonly Import[]
  /** The names of production dependencies. */
  readonly shipped: ReadonlySet<string>
}

/** Holds the imports of src against the table of rooms. */
export function judgeArrows(sources: Sources): Diagnostic[] {
  const unknown = unknownRooms(sources.files)
  const edges: Edge[] = []
  const findings = sources.imports.flatMap(found => judgeImport(found, sources, edges))
  return [...unknown, ...findings, ...cyclesOf(edges)]
}

interface Edge {
  readonly from: string
  readonly to: string
}

function unknownRooms(files: ReadonlySet<string>): Diagnostic[] {
  const names = new Set([...files].map(roomOf).filter(room => room !== undefined))
  return [...names]
    .filter(name => !Object.hasOwn(rooms, name))
    .map(name => error('room-unknown', 'is not in scripts/arrows/rooms.ts', { file: `src/${name}` }))
}

function judgeImport(found: Import, sources: Sources, edges: Edge[]): Diagnostic[] {
  const { from, specifier, kind } = found
  if (specifier.startsWith('node:')) return []
  const inside = specifier.startsWith('#') || specifier.startsWith('.')
  if (!inside) return judgePackage(found, sources.shipped)

  const target = targetOf(from, specifier)
  if (!target.startsWith('src/')) return [error('arrow-outside', `imports ${specifier}`, { file: from })]
  if (!sources.files.has(target)) return [error('import-unresolved', `${specifier} is no file of src`, { file: from })]
  // Types are gone before the program runs, and a lazy import runs when every file is ready: a circle through
  // either has no order in which it could break. A command that prints the table of commands is such a circle.
  if (kind === 'value') edges.push({ from, to: target })

  const room = roomOf(from)
  const other = roomOf(target)
  if (room === other) {
    const byAlias = specifier.startsWith('#') && room !== undefined
    return byAlias
      ? [error('alias-inside-room', `${specifier} is in the same room; write it relative`, { file: from })]
      : []
  }
  // The entry is in no room, so that it has no other way to reach one, and nothing may reach it.
  if (specifier.startsWith('.') && room !== undefined) {
    return [
      error('relative-across-rooms', `${specifier} leaves the room; write #${target.slice('src/'.length)}`, {
        file: from,
      }),
    ]
  }
  if (other !== undefined && isAllowed(room, other, kind)) return []
  const arrow = `${room ?? 'main'} → ${other ?? 'main'}`
  const why = (room === undefined ? entry : rooms[room])?.why ?? 'the room is not in the table'
  return [error('arrow-forbidden', `${arrow} (${kind}): imports ${specifier}`, { file: from, next: why })]
}

function judgePackage({ from, specifier }: Import, shipped: ReadonlySet<string>): Diagnostic[] {
  const [first, second] = specifier.split('/')
  const name = specifier.startsWith('@') ? `${first}/${second}` : (first ?? specifier)
  if (shipped.has(name)) return []
  return [error('package-not-shipped', `${name} is not among the dependencies of package.json`, { file: from })]
}

function isAllowed(from: string | undefined, to: string, kind: ImportKind): boolean {
  const room: Room | undefined = from === undefined ? entry : rooms[from]
  if (room === undefined) return false
  if (room.any?.includes(to) === true) return true
  if (kind === 'type') return room.type?.includes(to) === true || room.lazy?.includes(to) === true
  return kind === 'lazy' && room.lazy?.includes(to) === true
}

function targetOf(from: string, specifier: string): string {
  if (specifier.startsWith('#')) return posix.normalize(`src/${specifier.slice(1)}`)
  return posix.normalize(`${posix.dirname(from)}/${specifier}`)
}

/** `src/memory/language/lexer.ts` is in `memory`; `src/main.ts` is in none. */
function roomOf(file: string): string | undefined {
  const [, first, ...rest] = file.split('/')
  return rest.length === 0 ? undefined : first
}

/** One finding for each circle, told along its shortest way; Tarjan finds who is in one. */
function cyclesOf(edges: readonly Edge[]): Diagnostic[] {
  const next = new Map<string, string[]>()
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to])
  return stronglyConnected(next).map(members => {
    const circle = shortestCircle(members, next)
    return error('import-cycle', [...circle, circle[0]].join(' > '), { file: circle[0] ?? '' })
  })
}

function stronglyConnected(next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string>[] {
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: ReadonlySet<string>[] = []
  const visit = (file: string): number => {
    const index = order.size
    order.set(file, index)
    stack.push(file)
    let lowest = index
    for (const target of next.get(file) ?? []) {
      if (!order.has(target)) lowest = Math.min(lowest, visit(target))
      else if (stack.includes(target)) lowest = Math.min(lowest, order.get(target) ?? lowest)
    }
    low.set(file, lowest)
    if (lowest === index) {
      const members = new Set(stack.splice(stack.indexOf(file)))
      const importsItself = (next.get(file) ?? []).includes(file)
      if (members.size > 1 || importsItself) found.push(members)
    }
    return lowest
  }
  for (const file of next.keys()) if (!order.has(file)) visit(file)
  return found
}

function shortestCircle(members: ReadonlySet<string>, next: ReadonlyMap<string, readonly string[]>): string[] {
  const circles = [...members].sort().map(start => circleThrough(start, members, next))
  return circles.reduce((shortest, circle) => (circle.length < shortest.length ? circle : shortest))
}

function circleThrough(
  start: string,
  members: ReadonlySet<string>,
  next: ReadonlyMap<string, readonly string[]>,
): string[] {
  const queue: string[][] = [[start]]
  const seen = new Set<string>()
  for (let trail = queue.shift(); trail !== undefined; trail = queue.shift()) {
    for (const target of next.get(trail.at(-1) ?? start) ?? []) {
      if (target === start) return trail
      if (!members.has(target) || seen.has(target)) continue
      seen.add(target)
      queue.push([...trail, target])
    }
  }
  return [start]
}
