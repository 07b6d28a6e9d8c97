import { dirname } from 'node:path'
import type { Files, OpenFile, OpenMode } from '#memory/canonical/files.ts'

/** From 0 to below 1. */
export type Random = () => number

/** What the power took: thrown by every operation from then on. */
export class PowerLoss extends Error {}

interface Node {
  readonly number: number
  /** What the programs see. */
  seen: Buffer
  /** What is surely on the disk. */
  durable: Buffer
  /** What may or may not be, in its order. */
  pending: Change[]
}

type Change = { readonly position: number; readonly bytes: Buffer } | { readonly size: number }

/**
 * A disk whose power can fail at any operation. What was not synced is then there in part: some of the writes, some
 * only up to a byte, some with their length but with zeros for content, as file systems do it that allocate late; and
 * names that were not synced with their directory are there or not.
 */
export class Disk implements Files {
  readonly #names = new Map<string, Node>()
  readonly #durableNames = new Map<string, Node>()
  #nodes = 0
  /** Operations until the power fails. */
  #left: number
  operations = 0

  constructor(operationsUntilLoss = Number.POSITIVE_INFINITY) {
    this.#left = operationsUntilLoss
  }

  /** The disk as the next start of the machine finds it. */
  afterLoss(random: Random, operationsUntilLoss?: number): Disk {
    const next = new Disk(operationsUntilLoss)
    const kept = new Map<Node, Node>()
    for (const path of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      const node = (random() < 0.5 ? this.#names : this.#durableNames).get(path)
      if (node === undefined) continue
      const bytes = kept.get(node)?.seen ?? survivors(node, random)
      const copy = kept.get(node) ?? { number: next.#nodes++, seen: bytes, durable: bytes, pending: [] }
      kept.set(node, copy)
      next.#names.set(path, copy)
      next.#durableNames.set(path, copy)
    }
    return next
  }

  get names(): readonly string[] {
    return [...this.#names.keys()].sort()
  }

  kind(path: string) {
    this.#step()
    return this.#names.has(path) ? ('file' as const) : undefined
  }

  identity(path: string): string | undefined {
    this.#step()
    const node = this.#names.get(path)
    return node === undefined ? undefined : String(node.number)
  }

  open(path: string, mode: OpenMode): OpenFile {
    this.#step()
    let node = this.#names.get(path)
    if (mode === 'create') {
      if (node !== undefined) throw failure('EEXIST')
      node = { number: this.#nodes++, seen: Buffer.alloc(0), durable: Buffer.alloc(0), pending: [] }
      this.#names.set(path, node)
    }
    if (node === undefined) throw failure('ENOENT')
    return handle(node, () => this.#step())
  }

  rename(from: string, to: string): void {
    this.link(from, to, true)
    this.#names.delete(from)
  }

  link(from: string, to: string, mayReplace = false): void {
    this.#step()
    const node = this.#names.get(from)
    if (node === undefined) throw failure('ENOENT')
    if (this.#names.has(to) && !mayReplace) throw failure('EEXIST')
    this.#names.set(to, node)
  }

  remove(path: string): void {
    this.#step()
    if (!this.#names.delete(path)) throw failure('ENOENT')
  }

  makeDirectory(): void {
    this.#step()
  }

  syncDirectory(path: string): void {
    this.#step()
    const inside = (name: string) => dirname(name) === path
    for (const name of [...this.#durableNames.keys()].filter(inside)) this.#durableNames.delete(name)
    for (const [name, node] of this.#names) if (inside(name)) this.#durableNames.set(name, node)
  }

  #step(): void {
    this.operations++
    if (--this.#left < 0) throw new PowerLoss()
  }
}

function handle(node: Node, step: () => void): OpenFile {
  const change = (made: Change) => {
    node.seen = applied(node.seen, made)
    node.pending.push(made)
  }
  return {
    facts() {
      step()
      return { size: node.seen.length, isFile: true, identity: String(node.number) }
    },
    read(target, position) {
      step()
      return node.seen.copy(target, 0, position)
    },
    write(bytes, position) {
      // The power may also fail while the write is under way.
      change({ position, bytes: Buffer.from(bytes) })
      step()
    },
    truncate(size) {
      change({ size })
      step()
    },
    sync() {
      step()
      node.durable = node.seen
      node.pending = []
    },
    close: () => undefined,
  }
}

function applied(bytes: Buffer, change: Change): Buffer {
  if ('size' in change) return Buffer.concat([bytes.subarray(0, change.size)], change.size)
  const result = Buffer.concat([bytes], Math.max(bytes.length, change.position + change.bytes.length))
  result.set(change.bytes, change.position)
  return result
}

function survivors(node: Node, random: Random): Buffer {
  let bytes = node.durable
  for (const change of node.pending) {
    const fate = Math.floor(random() * 4)
    if (fate === 0) break
    bytes = applied(bytes, fate === 1 || 'size' in change ? change : torn(change, fate === 2, random))
    if (fate > 1) break
  }
  return bytes
}

function torn(change: { position: number; bytes: Buffer }, isShort: boolean, random: Random): Change {
  const at = Math.floor(random() * (change.bytes.length + 1))
  const start = change.bytes.subarray(0, at)
  // Long, but not all of it was written.
  return { position: change.position, bytes: isShort ? start : Buffer.concat([start], change.bytes.length) }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}
