import { integer, type Statements } from './database.ts'

const nodesKept = 200_000

export interface ThreadMembership {
  readonly id: number
  readonly account: number
  readonly nodes: readonly number[]
  readonly isUnread: boolean
  readonly sender: number | null
}

/** Materialised threads: joined through nodes, counted as messages come and go. */
export class ThreadRows {
  readonly #statements: Statements
  /** What thread_nodes says, for the nodes of late. */
  readonly #nodes = new Map<number, number>()

  constructor(statements: Statements) {
    this.#statements = statements
  }

  /** The thread that a new message belongs to; joins those that it connects. */
  enter(message: ThreadMembership): number {
    const found = this.#lookUp(message.nodes)
    const thread = found.threads.length === 0 ? this.#create(message) : this.joinThreads(found.threads)
    if (found.threads.length > 0) this.#grow(thread, message)
    this.#lead(found.missing, thread)
    if (message.sender !== null) this.countSender(thread, message.sender)
    return thread
  }

  /** A message that is here turned out to be connected to more. */
  connect(thread: number, nodes: readonly number[]): number {
    const found = this.#lookUp(nodes)
    const joined = this.joinThreads([thread, ...found.threads])
    this.#lead(found.missing, joined)
    return joined
  }

  /** Forgets everything: another process wrote, or a transaction was rolled back. */
  clear(): void {
    this.#nodes.clear()
  }

  countUnread(thread: number, change: number): void {
    this.#statements.run('UPDATE threads SET unread = unread + ? WHERE id = ?', change, thread)
  }

  /** After the message's row is gone. */
  leave(thread: number, { isUnread, sender }: Pick<ThreadMembership, 'isUnread' | 'sender'>): void {
    const ends = this.#statements.one(
      `SELECT (SELECT id FROM messages WHERE thread_id = ?1 ORDER BY id LIMIT 1),
              (SELECT id FROM messages WHERE thread_id = ?1 ORDER BY id DESC LIMIT 1)`,
      thread,
    )
    if (sender !== null) this.uncountSender(thread, sender)
    if (typeof ends?.[0] !== 'number') {
      this.#statements.run('DELETE FROM threads WHERE id = ?', thread)
      return
    }
    this.#statements.run(
      'UPDATE threads SET messages = messages - 1, unread = unread - ?, first_message = ?, last_message = ? WHERE id = ?',
      isUnread ? 1 : 0,
      integer(ends, 0),
      integer(ends, 1),
      thread,
    )
  }

  countSender(thread: number, sender: number): void {
    this.#statements.run(
      `INSERT INTO thread_people(thread_id, person_id, messages) VALUES (?, ?, 1)
       ON CONFLICT(thread_id, person_id) DO UPDATE SET messages = messages + 1`,
      thread,
      sender,
    )
  }

  uncountSender(thread: number, sender: number): void {
    this.#statements.run(
      'UPDATE thread_people SET messages = messages - 1 WHERE thread_id = ? AND person_id = ?',
      thread,
      sender,
    )
    this.#statements.run(
      'DELETE FROM thread_people WHERE thread_id = ? AND person_id = ? AND messages <= 0',
      thread,
      sender,
    )
  }

  #lookUp(nodes: readonly number[]): { threads: number[]; missing: number[] } {
    const entries = new Set<number>()
    const missing: number[] = []
    for (const node of nodes) {
      const entry = this.#nodes.get(node) ?? this.#readNode(node)
      if (entry === undefined) missing.push(node)
      else entries.add(entry)
    }
    const threads = new Set<number>()
    for (const entry of entries) {
      const thread = this.#follow(entry)
      if (thread !== undefined) threads.add(thread)
      else missing.push(...this.#abandon(nodes, entry))
    }
    return { threads: [...threads], missing }
  }

  #readNode(node: number): number | undefined {
    const row = this.#statements.one('SELECT thread_id FROM thread_nodes WHERE key = ?', node)
    if (row === undefined) return undefined
    this.#remember(node, integer(row, 0))
    return integer(row, 0)
  }

  /** New nodes lead to this thread. A node that is known keeps leading where it leads: merges bring it here. */
  #lead(nodes: readonly number[], thread: number): void {
    for (const node of nodes) {
      this.#statements.run('INSERT OR REPLACE INTO thread_nodes(key, thread_id) VALUES (?, ?)', node, thread)
      this.#remember(node, thread)
    }
  }

  /** The nodes that led to a thread that has emptied. */
  #abandon(nodes: readonly number[], emptied: number): number[] {
    const abandoned = nodes.filter(node => this.#nodes.get(node) === emptied)
    for (const node of abandoned) this.#nodes.delete(node)
    return abandoned
  }

  #remember(node: number, thread: number): void {
    if (this.#nodes.size >= nodesKept) this.#nodes.clear()
    this.#nodes.set(node, thread)
  }

  /** Where a thread's number leads today; undefined when the thread has emptied. */
  #follow(thread: number): number | undefined {
    let at = thread
    // Joining the smaller into the larger keeps these chains shorter than the logarithm of all threads.
    for (let step = 0; step < 64; step++) {
      if (this.#statements.one('SELECT 1 FROM threads WHERE id = ?', at) !== undefined) return at
      const next = this.#statements.one('SELECT into_id FROM thread_merges WHERE thread_id = ?', at)
      if (next === undefined) return undefined
      at = integer(next, 0)
    }
    throw new RangeError('thread merges lead in a circle')
  }

  #create(message: ThreadMembership): number {
    return this.#statements.insert(
      'INSERT INTO threads(account_id, first_message, last_message, messages, unread) VALUES (?, ?, ?, 1, ?)',
      message.account,
      message.id,
      message.id,
      message.isUnread ? 1 : 0,
    )
  }

  #grow(thread: number, { id, isUnread }: ThreadMembership): void {
    this.#statements.run(
      `UPDATE threads SET messages = messages + 1, unread = unread + ?,
         first_message = min(first_message, ?), last_message = max(last_message, ?) WHERE id = ?`,
      isUnread ? 1 : 0,
      id,
      id,
      thread,
    )
  }

  /** The larger takes in the smaller, so that a message changes its thread at most a logarithm of times. */
  joinThreads(threads: readonly number[]): number {
    const distinct = [...new Set(threads)]
    const [only] = distinct
    if (distinct.length === 1 && only !== undefined) return only
    const sized = distinct.map(thread => {
      const row = this.#statements.one('SELECT messages FROM threads WHERE id = ?', thread)
      return { thread, messages: integer(row, 0) }
    })
    sized.sort((one, other) => other.messages - one.messages || one.thread - other.thread)
    const [largest, ...rest] = sized
    if (largest === undefined) throw new RangeError('no thread to join into')
    for (const { thread } of rest) this.#join(thread, largest.thread)
    return largest.thread
  }

  #join(from: number, into: number): void {
    const run = (sql: string) => this.#statements.run(sql, into, from)
    run('UPDATE messages SET thread_id = ? WHERE thread_id = ?')
    run(
      `INSERT INTO thread_people(thread_id, person_id, messages)
       SELECT ?, person_id, messages FROM thread_people WHERE thread_id = ?
       ON CONFLICT(thread_id, person_id) DO UPDATE SET messages = messages + excluded.messages`,
    )
    this.#statements.run(
      `UPDATE threads SET messages = threads.messages + old.messages, unread = threads.unread + old.unread,
         first_message = min(threads.first_message, old.first_message),
         last_message = max(threads.last_message, old.last_message)
       FROM (SELECT * FROM threads WHERE id = ?) AS old WHERE threads.id = ?`,
      from,
      into,
    )
    this.#statements.run('DELETE FROM threads WHERE id = ?', from)
    run('INSERT INTO thread_merges(into_id, thread_id) VALUES (?, ?)')
  }
}
