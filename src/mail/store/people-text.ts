import type { Address } from './incoming.ts'

export interface People {
  readonly from: readonly Address[]
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly bcc: readonly Address[]
}

/** What `envelopes.people` holds: up to four lists of [name, address]. */
export function parsePeople(text: string): People {
  const lists: unknown = JSON.parse(text)
  return { from: list(lists, 0), to: list(lists, 1), cc: list(lists, 2), bcc: list(lists, 3) }
}

function list(lists: unknown, at: number): Address[] {
  const people: unknown = Array.isArray(lists) ? lists[at] : undefined
  if (!Array.isArray(people)) return []
  return people.map((person: unknown) => {
    if (!Array.isArray(person)) throw new TypeError('an envelope holds a person that is no pair')
    return { name: person[0] === '' ? null : String(person[0]), email: String(person[1]) }
  })
}
