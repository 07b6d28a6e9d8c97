import { Children } from './children.ts'
import type { ClockColumn, IdColumn, IntColumn } from './column.ts'
import { Edges } from './edges.ts'
import { Episodes } from './episodes.ts'
import { Slots } from './hash.ts'
import { Heap } from './heap.ts'
import type { IdIndex } from './id-index.ts'
import { ImageReader, ImageWriter, unreadable } from './image.ts'
import { Journal } from './journal.ts'
import { Keys } from './keys.ts'
import { Memories } from './memories.ts'
import { Names } from './names.ts'
import { PairIndex } from './pair-index.ts'
import { Procedures } from './procedures.ts'
import { MemoryState } from './state.ts'
import { Symbols } from './symbols.ts'

/**
 * The whole state as bytes. The same records taken in the same way give the same bytes; a replay numbers the symbols of
 * a batch in another order than its compiler did, and the bytes tell which it was.
 */
export function writeState(state: MemoryState): Uint8Array {
  const image = new ImageWriter()
  image.u64('watermark', state.watermark)
  image.u64('nextMemory', state.nextMemory)
  image.u64('nextEpisode', state.nextEpisode)
  image.ids('pinned', state.pinned)
  image.ids('authoritative', state.authoritative)
  image.int('episodic', state.episodic.view())
  image.int('projected', state.projected.view())
  writeSymbols(image, state.symbols)
  writeMemories(image, state.memories)
  writeKeys(image, 'semantic', state.semantic)
  writeKeys(image, 'inferential', state.inferential)
  writeKeys(image, 'rules', state.procedures.rules)
  writeEdges(image, state.edges)
  image.int('children.row', state.children.row.view())
  image.int('children.previous', state.children.previous.view())
  image.idIndex('children.newest', state.children.newest)
  image.idColumn('episodes.ids', state.episodes.ids)
  image.clockColumn('episodes.clocks', state.episodes.clocks)
  image.idColumn('episodes.parents', state.episodes.parents)
  image.fact('episodes.late', exactPairs(state.episodes.lateParents))
  image.idIndex('episodes.byId', state.episodes.byId)
  return image.finish()
}

/**
 * A state from its bytes, which it keeps and which must not change any more.
 *
 * Whether these are the bytes that were written is for a checksum to say. Here every number that leads somewhere is
 * looked at, so that whatever passes that checksum cannot make a question hang. Refuses by `Refusal<ImageError>`.
 */
export function readState(bytes: Uint8Array): MemoryState {
  const image = new ImageReader(bytes)
  const journal = new Journal()
  const symbols = readSymbols(image, journal)
  const memories = readMemories(image, journal)
  const rows = memories.length
  const rules = readKeys(image, 'rules', journal, rows)
  return new MemoryState({
    journal,
    symbols,
    memories,
    semantic: readKeys(image, 'semantic', journal, rows),
    inferential: readKeys(image, 'inferential', journal, rows),
    procedures: new Procedures(memories, journal, rules),
    episodic: within(image.intColumn('episodic'), rows),
    projected: within(image.intColumn('projected'), rows),
    edges: readEdges(image, memories, journal),
    children: readChildren(image, journal, rows),
    episodes: readEpisodes(image, journal),
    pinned: image.ids('pinned'),
    authoritative: image.ids('authoritative'),
    watermark: image.optionalU64('watermark'),
    nextMemory: image.u64('nextMemory'),
    nextEpisode: image.u64('nextEpisode'),
  })
}

function writeSymbols(image: ImageWriter, symbols: Symbols): void {
  const names = symbols.names.export()
  image.int('names.owner', names.owner)
  image.int('names.hashes', names.hashes)
  image.int('names.slots', names.slots)
  image.int('names.ends', names.ends)
  image.bytes('names.bytes', names.bytes)
  image.idColumn('symbols.ids', symbols.ids)
  image.int('symbols.traits', symbols.traits.view())
  image.int('symbols.canonical', symbols.canonical.view())
  image.idIndex('symbols.byId', symbols.byId)
  image.fact(
    'symbols.aliases',
    [...symbols.aliases].filter(([, list]) => list.length > 0).sort(([a], [b]) => a - b),
  )
  image.u64('symbols.nextId', symbols.nextId)
  image.u64('symbols.retired', symbols.retired)
}

function readSymbols(image: ImageReader, journal: Journal): Symbols {
  const traits = image.intColumn('symbols.traits')
  const size = traits.length
  const owner = image.int('names.owner')
  const ends = image.int('names.ends')
  const bytes = image.bytes('names.bytes')
  const hashes = image.int('names.hashes')
  const slots = filled(image.int('names.slots'), owner.length)
  rising(ends, bytes.length)
  within(image.intColumn('names.owner'), size)
  const aliases = image.lists('symbols.aliases')
  for (const list of aliases.values()) if (list.some(name => name >= owner.length)) unreadable()
  if (hashes.length !== owner.length || ends.length !== owner.length) unreadable()
  return new Symbols(journal, {
    ids: sized(image.idColumn('symbols.ids'), size),
    traits,
    canonical: sized(within(image.intColumn('symbols.canonical'), owner.length), size),
    names: new Names({ owner, hashes, slots: slots.array, ends, bytes }),
    byId: leading(image.idIndex('symbols.byId'), size),
    aliases,
    nextId: image.optionalU64('symbols.nextId'),
    retired: Number(image.u64('symbols.retired')),
  })
}

const memoryIds = ['memory', 'first', 'second', 'ground'] as const
const memoryClocks = ['validAt', 'observedAt', 'committedAt', 'invalidAt'] as const
const memoryInts = ['traits', 'place', 'previous', 'closing'] as const

function writeMemories(image: ImageWriter, memories: Memories): void {
  for (const name of memoryIds) image.idColumn(`memories.${name}`, memories[name])
  for (const name of memoryClocks) image.clockColumn(`memories.${name}`, memories[name])
  for (const name of memoryInts) image.int(`memories.${name}`, memories[name].view())
  image.bytes('memories.heap', memories.heap.used())
  image.idIndex('memories.rowOf', memories.rowOf)
  image.fact('memories.inOrder', memories.inOrder)
}

function readMemories(image: ImageReader, journal: Journal): Memories {
  const traits = image.intColumn('memories.traits')
  const size = traits.length
  const ids = (name: (typeof memoryIds)[number]) => sized(image.idColumn(`memories.${name}`), size)
  const clocks = (name: (typeof memoryClocks)[number]) => sized(image.clockColumn(`memories.${name}`), size)
  const heap = new Heap(image.bytes('memories.heap'))
  const edges = image.int('edges.kind').length
  return new Memories(journal, {
    memory: ids('memory'),
    first: ids('first'),
    second: ids('second'),
    ground: ids('ground'),
    validAt: clocks('validAt'),
    observedAt: clocks('observedAt'),
    committedAt: clocks('committedAt'),
    invalidAt: clocks('invalidAt'),
    traits,
    place: sized(within(image.intColumn('memories.place'), Math.ceil(heap.length / 8) + 1), size),
    previous: sized(backwards(image.intColumn('memories.previous')), size),
    closing: sized(within(image.intColumn('memories.closing'), edges, -1), size),
    heap,
    rowOf: leading(image.idIndex('memories.rowOf'), size),
    inOrder: image.flag('memories.inOrder'),
  })
}

function writeKeys(image: ImageWriter, name: string, keys: Keys): void {
  image.idColumn(`${name}.first`, keys.pairs.first)
  image.idColumn(`${name}.second`, keys.pairs.second)
  image.int(`${name}.slots`, keys.pairs.exportSlots())
  image.int(`${name}.newest`, keys.newest.view())
  image.int(`${name}.head`, keys.head.view())
}

function readKeys(image: ImageReader, name: string, journal: Journal, rows: number): Keys {
  const newest = within(image.intColumn(`${name}.newest`), rows)
  const size = newest.length
  const first = sized(image.idColumn(`${name}.first`), size)
  const second = sized(image.idColumn(`${name}.second`), size)
  return new Keys(journal, {
    pairs: new PairIndex(first, second, filled(image.int(`${name}.slots`), size)),
    newest,
    head: sized(within(image.intColumn(`${name}.head`), rows, -1), size),
  })
}

function writeEdges(image: ImageWriter, edges: Edges): void {
  const { from, to, at, kind, next, upwards, waiting, strangers } = edges.parts()
  image.idColumn('edges.from', from)
  image.idColumn('edges.to', to)
  image.clockColumn('edges.at', at)
  image.int('edges.kind', kind.view())
  image.int('edges.next', next.view())
  image.fact('edges.upwards', upwards)
  image.fact(
    'edges.waiting',
    [...waiting].filter(([, list]) => list.length > 0).map(([id, list]) => [exact(id), list]),
  )
  image.ids('edges.strangers', strangers)
}

function readEdges(image: ImageReader, memories: Memories, journal: Journal): Edges {
  const kind = image.intColumn('edges.kind')
  const size = kind.length
  const waiting = image.idLists('edges.waiting')
  for (const list of waiting.values()) if (list.some(edge => edge >= size)) unreadable()
  return new Edges(memories, journal, {
    from: sized(image.idColumn('edges.from'), size),
    to: sized(image.idColumn('edges.to'), size),
    at: sized(image.clockColumn('edges.at'), size),
    kind,
    next: sized(within(image.intColumn('edges.next'), size, -1), size),
    upwards: image.flag('edges.upwards'),
    waiting,
    strangers: image.ids('edges.strangers'),
  })
}

function readChildren(image: ImageReader, journal: Journal, rows: number): Children {
  const row = within(image.intColumn('children.row'), rows)
  const previous = sized(backwards(image.intColumn('children.previous')), row.length)
  return new Children(journal, { row, previous, newest: leading(image.idIndex('children.newest'), row.length) })
}

function readEpisodes(image: ImageReader, journal: Journal): Episodes {
  const ids = image.idColumn('episodes.ids')
  return new Episodes(journal, {
    ids,
    clocks: sized(image.clockColumn('episodes.clocks'), ids.length),
    parents: sized(image.idColumn('episodes.parents'), ids.length),
    lateParents: image.idsByIndex('episodes.late'),
    byId: leading(image.idIndex('episodes.byId'), ids.length),
  })
}

function exactPairs(map: ReadonlyMap<number, number | bigint>): [number, number | string][] {
  return [...map].map(([key, value]) => [key, exact(value)])
}

function exact(value: number | bigint): number | string {
  return typeof value === 'bigint' ? String(value) : value
}

function sized<C extends IntColumn | IdColumn | ClockColumn>(column: C, length: number): C {
  return column.length === length ? column : unreadable()
}

/** Every number is at least `min` and less than `end`. */
function within(column: IntColumn, end: number, min = 0): IntColumn {
  for (const value of column.view()) if (value < min || value >= end) unreadable()
  return column
}

/** Every link leads to something before it, so that following them ends. */
function backwards(column: IntColumn): IntColumn {
  column.view().forEach((value, index) => {
    if (value < -1 || value >= index) unreadable()
  })
  return column
}

function leading(index: IdIndex, end: number): IdIndex {
  within(index.near, end, -1)
  for (const value of index.far.values()) if (value >= end) unreadable()
  return index
}

function rising(ends: Int32Array, bytes: number): void {
  let last = 0
  for (const end of ends) {
    if (end < last || end > bytes) unreadable()
    last = end
  }
}

/** A table with every entry in it once at most, and free places, so that every search in it ends. */
function filled(places: Int32Array, entries: number): Slots {
  let taken = 0
  for (const place of places) {
    if (place < 0 || place > entries) unreadable()
    if (place > 0) taken++
  }
  const powerOfTwo = places.length > 0 && (places.length & (places.length - 1)) === 0
  return powerOfTwo && taken === entries && taken < places.length ? new Slots(places) : unreadable()
}
