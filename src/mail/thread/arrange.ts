/** One message of a thread, with names as keys of `messageKey` and `parentKeys`. */
export interface ThreadMember {
  readonly id: number
  /** 0 when the message has no Message-ID. */
  readonly key: number
  /** Oldest first. */
  readonly parents: readonly number[]
}

export interface ThreadPlace {
  readonly id: number
  /** 0 for a message that starts the thread or whose ancestors are all missing. */
  readonly depth: number
  readonly parent: number | undefined
}

const depthMax = 64

/**
 * The reading order of a thread: every message after the nearest ancestor that is here, siblings by age. Linear in
 * the members and their references; cycles and messages that claim one Message-ID cannot make it lose or repeat one.
 * Members may come in any order; ids grow with the date.
 */
export function arrange(members: readonly ThreadMember[]): ThreadPlace[] {
  const oldestFirst = [...members].sort((one, other) => one.id - other.id)
  const byKey = new Map<number, ThreadMember>()
  for (const member of oldestFirst) if (member.key !== 0 && !byKey.has(member.key)) byKey.set(member.key, member)
  const links: Links = { parentOf: new Map(), pointForward: false }
  for (const member of oldestFirst) {
    const parent = nearestAncestor(member, byKey, links)
    if (parent === undefined) continue
    links.parentOf.set(member.id, parent)
    links.pointForward ||= parent > member.id
  }
  return inReadingOrder(oldestFirst, links.parentOf)
}

interface Links {
  readonly parentOf: Map<number, number>
  /** Some message claims a younger one as its ancestor: only then can links close a circle. */
  pointForward: boolean
}

function nearestAncestor(
  member: ThreadMember,
  byKey: ReadonlyMap<number, ThreadMember>,
  { parentOf, pointForward }: Links,
): number | undefined {
  for (let at = member.parents.length - 1; at >= 0; at--) {
    const found = byKey.get(member.parents[at] ?? 0)
    if (found === undefined || found.id === member.id) continue
    if ((pointForward || found.id > member.id) && reaches(found.id, member.id, parentOf)) continue
    return found.id
  }
  return undefined
}

const circleStepsMax = 1000

function reaches(from: number, to: number, parentOf: ReadonlyMap<number, number>): boolean {
  let at: number | undefined = from
  for (let step = 0; at !== undefined; step++) {
    if (at === to || step >= circleStepsMax) return true
    at = parentOf.get(at)
  }
  return false
}

function inReadingOrder(oldestFirst: readonly ThreadMember[], parentOf: ReadonlyMap<number, number>): ThreadPlace[] {
  const children = new Map<number | undefined, number[]>()
  for (const { id } of oldestFirst) {
    const parent = parentOf.get(id)
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [id])
    else siblings.push(id)
  }
  const places: ThreadPlace[] = []
  const waiting = (children.get(undefined) ?? []).map(id => ({ id, depth: 0 })).reverse()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    places.push({ id: next.id, depth: Math.min(next.depth, depthMax), parent: parentOf.get(next.id) })
    const replies = children.get(next.id) ?? []
    for (let at = replies.length - 1; at >= 0; at--) {
      const id = replies[at]
      if (id !== undefined) waiting.push({ id, depth: next.depth + 1 })
    }
  }
  return places
}
