import type { DemoMessage } from '../stories/scene.ts'
import { hostileScenes } from './hostile.ts'
import { idOf, type Named } from './named.ts'
import { namedScenes } from './scenes.ts'

export { stranger } from './hostile.ts'

/** A message with a name, as tests and guides refer to it. */
export interface WellKnown {
  readonly name: string
  /** Without angle brackets: `postern --demo search rfc822msgid:ID`. */
  readonly messageId: string
  readonly about: string
  readonly isHostile: boolean
}

let made: readonly Named[] | undefined

function allNamed(): readonly Named[] {
  made ??= [...namedScenes(), ...hostileScenes()]
  return made
}

/** All messages that have a name; see docs/demo.md. */
export function wellKnownMessages(): readonly WellKnown[] {
  return allNamed().map(({ name, about, isHostile }) => ({ name, messageId: idOf(name), about, isHostile }))
}

export function wellKnownMessageId(name: string): string {
  if (!allNamed().some(each => each.name === name)) throw new Error(`the demo has no message named ${name}`)
  return idOf(name)
}

export function namedMessages(): readonly DemoMessage[] {
  return allNamed().map(({ message }) => message)
}
