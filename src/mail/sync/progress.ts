/** How far the fetching of an account is. */
export interface Progress {
  readonly done: number
  readonly total: number
  /** Until all is here, at the rate of the last while; null while nobody can say. */
  readonly etaMs: number | null
}

/** The rate is that of the last minute: what a slow hour ago was says nothing about now. */
const windowMs = 60_000

/** Counts what is still to come, mailbox by mailbox; `now` is monotonic. */
export class ProgressMeter {
  readonly #remaining = new Map<string, number>()
  readonly #stored: { readonly at: number; readonly messages: number }[] = []
  #done = 0

  /** A mailbox is expected to hold so many more than are here. */
  expect(mailbox: string, messages: number): void {
    if (!this.#remaining.has(mailbox)) this.#remaining.set(mailbox, messages)
  }

  note(
    mailbox: string,
    { remaining, stored }: { readonly remaining: number; readonly stored: number },
    now: number,
  ): void {
    this.#remaining.set(mailbox, remaining)
    this.#done += stored
    if (stored > 0) this.#stored.push({ at: now, messages: stored })
    while (this.#stored.length > 2 && now - (this.#stored[0]?.at ?? now) > windowMs) this.#stored.shift()
  }

  drop(mailbox: string): void {
    this.#remaining.delete(mailbox)
  }

  read(now: number): Progress {
    const left = [...this.#remaining.values()].reduce((sum, messages) => sum + messages, 0)
    const since = this.#stored[0]?.at
    const passed = since === undefined ? 0 : now - since
    const recent = this.#stored.slice(1).reduce((sum, { messages }) => sum + messages, 0)
    const etaMs = left === 0 ? 0 : passed > 0 && recent > 0 ? Math.round((left / recent) * passed) : null
    return { done: this.#done, total: this.#done + left, etaMs }
  }
}
