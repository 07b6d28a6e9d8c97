import { Buffer } from 'node:buffer'
import { type Embedded, findEmbedded } from './body/embedded.ts'
import { type Selection, selectBody } from './body/select.ts'
import { type Context, limitsWith, newContext } from './context.ts'
import type { MimeLimits } from './limits.ts'
import type { Entity } from './part/entity.ts'
import { readTree } from './part/scan.ts'

/** A message whose structure is known and whose content is not decoded yet: where both faces begin. */
export interface ReadMessage {
  readonly context: Context
  readonly root: Entity
  readonly selection: Selection
  /** Files written into the text parts that are shown. */
  readonly embedded: ReadonlyMap<Entity, readonly Embedded[]>
}

const lf = 10
const cr = 13

export function readMessage(raw: Uint8Array, changes: Partial<MimeLimits> | undefined): ReadMessage {
  const limits = limitsWith(changes)
  let bytes = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, limits.messageBytesMax))
  let text = bytes.toString('latin1')
  const isBareCr = !text.includes('\n') && text.includes('\r')
  if (isBareCr) {
    // Line ends of an old system. Written over in a copy, they keep every offset true.
    text = text.replaceAll('\r', '\n')
    bytes = Buffer.from(text, 'latin1')
  }
  const context = newContext(bytes, text, limits)
  if (raw.byteLength > limits.messageBytesMax) context.defects.add('message_too_large', limits.messageBytesMax)
  if (isBareCr) context.defects.add('line_endings_bare_cr', text.indexOf('\n'))
  const start = afterBlankLines(context)
  if (start >= text.length) context.defects.add('message_empty')
  const root = readTree(context, start)
  context.headerCharset = declaredCharset(root)
  const selection = selectBody(root)
  return { context, root, selection, embedded: embeddedIn(context, selection) }
}

const nothing: ReadonlyMap<Entity, readonly Embedded[]> = new Map()

function embeddedIn(context: Context, selection: Selection): ReadonlyMap<Entity, readonly Embedded[]> {
  let found: Map<Entity, readonly Embedded[]> | undefined
  for (const entity of selection.text) {
    const files = findEmbedded(context, entity)
    if (files.length > 0) {
      found ??= new Map()
      found.set(entity, files)
    }
  }
  return found ?? nothing
}

function afterBlankLines(context: Context): number {
  const { text } = context
  let position = 0
  while (text.charCodeAt(position) === lf || text.charCodeAt(position) === cr) position++
  if (position > 0) context.defects.add('leading_blank_lines', 0)
  // A byte order mark that an editor left.
  return text.startsWith('\u00ef\u00bb\u00bf', position) ? position + 3 : position
}

/** The charset that the first text part declares: senders who put raw bytes into headers use the same one there. */
function declaredCharset(root: Entity): string | null {
  let entity: Entity | undefined = root
  while (entity !== undefined && entity.children.length > 0) entity = entity.children[0]
  return entity?.parameters.get('charset') ?? null
}
