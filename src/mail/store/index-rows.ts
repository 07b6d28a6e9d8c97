import type { Statements } from './database.ts'
import { appendSegment, readAnew, type Segment, SegmentBuilder } from './fts/index.ts'
import type { MessageId } from './ids.ts'
import { columnsOf } from './index-terms.ts'
import type { SealedMessage } from './seal.ts'
import { SEGMENTS } from './segments.ts'

interface IndexChange {
  /** The message had an entry before the transaction, which has to go first. */
  readonly isIndexed: boolean
  /** Undefined when the message is gone. */
  readonly message: SealedMessage | undefined
}

const wordsKept = 200_000
/** Of a merge that a transaction goes on with, for each segment that is too many: some tens of milliseconds. */
const mergePagesPerSegment = 500
/** An import that was killed leaves hundreds: nobody waits until all of them are merged. */
const segmentsMergedMax = 16

/**
 * The index's side of a transaction, written last: what goes through FTS5 itself, which is told what is deleted and
 * merged, and then new segments, which are written as FTS5 would write them.
 */
export class IndexRows {
  /** Above so many segments a transaction goes on merging them. */
  segmentsMax: number = SEGMENTS.usual
  readonly #statements: Statements
  readonly #words = new Set<string>()
  readonly #newWords = new Set<string>()
  readonly #changes = new Map<MessageId, IndexChange>()
  /** Undefined while it builds: one that threw holds what is left of that batch. */
  #builder: SegmentBuilder | undefined
  #segments: Segment[] = []
  /** Of the messages in `#segments`. */
  readonly #covered = new Set<MessageId>()

  constructor(statements: Statements) {
    this.#statements = statements
  }

  /** To be called before `add` is for the messages whose entries it is. */
  addSegment(segment: Segment): void {
    this.#segments.push(segment)
    for (const id of segment.ids) this.#covered.add(id)
  }

  add(id: MessageId, message: SealedMessage): void {
    this.#noteWords(message)
    if (this.#covered.has(id)) return
    this.#changes.set(id, { isIndexed: this.#changes.get(id)?.isIndexed ?? false, message })
  }

  replace(id: MessageId, message: SealedMessage): void {
    this.#noteWords(message)
    this.#change(id, message)
  }

  remove(id: MessageId): void {
    this.#change(id, undefined)
  }

  #change(id: MessageId, message: SealedMessage | undefined): void {
    if (this.#covered.has(id)) this.write()
    this.#changes.set(id, { isIndexed: this.#changes.get(id)?.isIndexed ?? true, message })
  }

  /** Forgets everything: another process wrote, or a transaction was rolled back. */
  clear(): void {
    this.#changes.clear()
    this.#words.clear()
    this.#newWords.clear()
    this.#segments = []
    this.#covered.clear()
  }

  write(): void {
    const inOrder = [...this.#changes].sort(([one], [other]) => one - other)
    this.#changes.clear()
    this.#delete(inOrder.flatMap(([id, { isIndexed }]) => (isIndexed ? id : [])))
    const arrived = inOrder.flatMap(([id, { message }]) => (message === undefined ? [] : [{ id, message }]))
    if (arrived.length > 0) this.#segments.push(this.#build(arrived))
    this.#writeSegments()
    for (const word of this.#newWords) this.#insertWord(word)
    this.#newWords.clear()
  }

  /** Goes on merging segments, or begins to: as much as takes about so many pages. False when there is nothing to merge. */
  merge(pages: number): boolean {
    const before = this.#totalChanges()
    this.#statements.run("INSERT INTO message_index(message_index, rank) VALUES ('merge', ?)", pages)
    // FTS5's documentation: fewer than two changes mean that there was nothing to merge.
    return this.#totalChanges() - before >= 2
  }

  empty(): void {
    this.clear()
    this.#statements.run("INSERT INTO message_index(message_index) VALUES ('delete-all')")
  }

  #delete(ids: readonly MessageId[]): void {
    if (ids.length === 0) return
    for (const id of ids) this.#statements.run('DELETE FROM message_index WHERE rowid = ?', id)
    // A savepoint makes FTS5 write what it holds, before something else is written beside it.
    this.#statements.database.exec('SAVEPOINT deleted; RELEASE deleted')
  }

  #build(arrived: readonly { readonly id: MessageId; readonly message: SealedMessage }[]): Segment {
    const builder = this.#builder ?? new SegmentBuilder()
    this.#builder = undefined
    for (const { id, message } of arrived) builder.add(id, columnsOf(message.incoming.document, message.terms))
    const segment = builder.finish()
    this.#builder = builder
    return segment
  }

  #writeSegments(): void {
    let segments = 0
    for (const segment of this.#segments) segments = appendSegment(this.#statements, segment).segments
    if (segments > 0) readAnew(this.#statements)
    this.#segments = []
    this.#covered.clear()
    const excess = Math.min(segments - this.segmentsMax, segmentsMergedMax)
    if (excess > 0) this.merge(excess * mergePagesPerSegment)
  }

  #totalChanges(): number {
    return Number(this.#statements.one('SELECT total_changes()')?.[0])
  }

  #noteWords({ terms: { words } }: SealedMessage): void {
    for (const word of words) if (!this.#words.has(word)) this.#newWords.add(word)
  }

  #insertWord(word: string): void {
    if (this.#words.size >= wordsKept) this.#words.clear()
    this.#words.add(word)
    const written = this.#statements.write('INSERT OR IGNORE INTO words(word) VALUES (?)').run(word)
    if (written.changes === 0n) return
    this.#statements.run('INSERT INTO word_pieces(rowid, word) VALUES (?, ?)', written.lastInsertRowid, word)
  }
}
