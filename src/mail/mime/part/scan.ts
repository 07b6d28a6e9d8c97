import type { Context } from '../context.ts'
import { endOfLine } from '../header/block.ts'
import { type Entity, isAttachedMessage, isMultipart, readEntity } from './entity.ts'
import { findLostBoundary } from './lost-boundary.ts'

/** Reads the whole part tree of the message that starts at `start`. */
export function readTree(context: Context, start: number): Entity {
  const end = context.text.length
  const root = readEntity(context, start, end, { path: '', defaultType: 'text/plain', isMessage: true })
  context.spent.parts++
  if (!isMultipart(root)) root.path = '1'
  new Scan(context, root, end).run()
  return root
}

/** A multipart whose delimiters are being looked for. */
interface Open {
  readonly entity: Entity
  readonly boundary: string
  /** Index of an outer multipart with the same boundary, which sees no delimiter while this one is open. */
  readonly shadowed: number | undefined
  hasDelimiter: boolean
}

const boundaryLengthMax = 1000

/**
 * One pass over the lines that start with two hyphens, however deep the parts nest (RFC 2046 §5.1): every open
 * boundary is looked up by the line, so that nothing is read once a level. A delimiter of an outer multipart ends
 * all inner ones, closed or not.
 */
class Scan {
  readonly #context: Context
  readonly #end: number
  /** Entities whose end is not known yet, outermost first. */
  readonly #chain: Entity[] = []
  readonly #open: Open[] = []
  readonly #byBoundary = new Map<string, number>()
  /** Multiparts that no delimiter was found for. */
  readonly #lost: Entity[] = []
  readonly #isDelimiter = (lineStart: number): boolean => this.#delimiterAt(lineStart) !== undefined
  #position: number

  constructor(context: Context, root: Entity, end: number) {
    this.#context = context
    this.#end = end
    this.#position = root.bodyStart
    this.#enter(root)
  }

  run(): void {
    const { text } = this.#context
    while (this.#open.length > 0) {
      const found = text.indexOf('\n--', Math.max(0, this.#position - 1))
      const lineStart = found + 1
      if (found < 0 || lineStart >= this.#end) break
      const delimiter = this.#delimiterAt(lineStart)
      const lineEnd = endOfLine(text, lineStart, this.#end)
      this.#position = Math.min(lineEnd + 1, this.#end)
      if (delimiter === undefined) continue
      this.#endParts(delimiter.index, this.#beforeLine(lineStart))
      if (delimiter.isClose) this.#close(delimiter.index)
      else if (!this.#beginPart(delimiter.index)) break
    }
    this.#finish()
  }

  /** Takes in an entity whose header was just read, and the message that it holds, if it holds one. */
  #enter(entity: Entity): void {
    let current = entity
    for (;;) {
      this.#chain.push(current)
      this.#position = current.bodyStart
      if (isMultipart(current)) {
        this.#openMultipart(current)
        return
      }
      if (!isAttachedMessage(current) || !this.#mayNest(current)) return
      if (current.bodyStart >= this.#end || this.#isDelimiter(current.bodyStart)) return
      const inner = this.#read(current.bodyStart, current.path, 'text/plain', true)
      if (!isMultipart(inner)) inner.path = `${current.path}.1`
      current.children.push(inner)
      current = inner
    }
  }

  #read(start: number, path: string, defaultType: string, isMessage: boolean): Entity {
    this.#context.spent.parts++
    return readEntity(this.#context, start, this.#end, { path, defaultType, isMessage, isDelimiter: this.#isDelimiter })
  }

  #mayNest(entity: Entity): boolean {
    const { limits, spent, defects } = this.#context
    if (this.#chain.length > limits.nestingMax) {
      defects.enter(pathOrNull(entity))
      defects.add('nesting_limit', entity.bodyStart)
      return false
    }
    if (spent.parts >= limits.partsMax) {
      defects.enter(null)
      defects.add('parts_limit', entity.bodyStart)
      return false
    }
    return true
  }

  #openMultipart(entity: Entity): void {
    if (!this.#mayNest(entity)) return
    const boundary = entity.parameters.get('boundary')?.trimEnd() ?? ''
    if (boundary === '' || boundary.length > boundaryLengthMax) {
      this.#context.defects.enter(pathOrNull(entity))
      this.#context.defects.add('boundary_missing', entity.header.start)
      this.#lost.push(entity)
      return
    }
    this.#open.push({ entity, boundary, shadowed: this.#byBoundary.get(boundary), hasDelimiter: false })
    this.#byBoundary.set(boundary, this.#open.length - 1)
  }

  #delimiterAt(lineStart: number): { index: number; isClose: boolean } | undefined {
    const { text } = this.#context
    if (text.charCodeAt(lineStart) !== 45 || text.charCodeAt(lineStart + 1) !== 45) return undefined
    const lineEnd = endOfLine(text, lineStart + 2, this.#end)
    const line = text.slice(lineStart + 2, lineEnd).trimEnd()
    if (line === '' || line.length > boundaryLengthMax + 2) return undefined
    const index = this.#byBoundary.get(line)
    if (index !== undefined) return { index, isClose: false }
    if (!line.endsWith('--')) return undefined
    const closed = this.#byBoundary.get(line.slice(0, -2).trimEnd())
    return closed === undefined ? undefined : { index: closed, isClose: true }
  }

  /** The line break before a delimiter belongs to the delimiter (RFC 2046 §5.1.1). */
  #beforeLine(lineStart: number): number {
    return this.#context.text.charCodeAt(lineStart - 2) === 13 ? lineStart - 2 : lineStart - 1
  }

  /** Ends everything inside of the open multipart `index`. */
  #endParts(index: number, at: number): void {
    while (this.#open.length > index + 1) this.#popOpen(true)
    const open = this.#open[index]
    if (open !== undefined) open.hasDelimiter = true
    while (this.#chain.length > 0 && this.#chain.at(-1) !== open?.entity) this.#popChain(at)
  }

  #close(index: number): void {
    while (this.#open.length > index) this.#popOpen(false)
  }

  #popOpen(isUnclosed: boolean): void {
    const open = this.#open.pop()
    if (open === undefined) return
    if (open.shadowed === undefined) this.#byBoundary.delete(open.boundary)
    else this.#byBoundary.set(open.boundary, open.shadowed)
    if (!open.hasDelimiter) this.#lost.push(open.entity)
    if (!isUnclosed) return
    this.#context.defects.enter(pathOrNull(open.entity))
    if (open.hasDelimiter) this.#context.defects.add('boundary_unclosed', this.#position)
    else this.#context.defects.add('boundary_not_found', open.entity.bodyStart)
  }

  #popChain(at: number): void {
    const entity = this.#chain.pop()
    if (entity !== undefined) entity.bodyEnd = Math.max(entity.bodyStart, at)
  }

  #beginPart(index: number): boolean {
    const parent = this.#open[index]?.entity
    const { limits, spent, defects } = this.#context
    if (parent === undefined) return false
    if (spent.parts >= limits.partsMax) {
      defects.enter(null)
      defects.add('parts_limit', this.#position)
      return false
    }
    const number = parent.children.length + 1
    const path = parent.path === '' ? `${number}` : `${parent.path}.${number}`
    const defaultType = parent.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
    const child = this.#read(this.#position, path, defaultType, false)
    parent.children.push(child)
    this.#enter(child)
    return true
  }

  #finish(): void {
    const hitLimit = this.#context.spent.parts >= this.#context.limits.partsMax
    while (this.#open.length > 0) this.#popOpen(!hitLimit)
    while (this.#chain.length > 0) this.#popChain(this.#end)
    for (const entity of this.#lost) recover(this.#context, entity)
  }
}

function pathOrNull(entity: Entity): string | null {
  return entity.path === '' ? null : entity.path
}

const recoveriesMax = 3

/** A multipart without a delimiter: by the boundary that its lines show, or else as the text that it is. */
function recover(context: Context, entity: Entity): void {
  const boundary = context.spent.recoveries < recoveriesMax ? findLostBoundary(context.text, entity) : undefined
  context.spent.recoveries++
  if (boundary === undefined) {
    entity.type = 'text/plain'
    if (entity.path === '') entity.path = '1'
    return
  }
  context.defects.enter(pathOrNull(entity))
  context.defects.add('boundary_recovered', entity.bodyStart)
  const repaired: Entity = { ...entity, parameters: new Map([...entity.parameters, ['boundary', boundary]]) }
  new Scan(context, repaired, entity.bodyEnd).run()
}
