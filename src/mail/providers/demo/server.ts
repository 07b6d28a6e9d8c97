import { FLAG, type LabelRole } from '../../store/incoming.ts'
import type { Place, SettableFlag } from '../provider.ts'

/** A message as a mailbox of the demo holds it. */
export interface HeldMessage {
  readonly raw: Uint8Array
  readonly receivedAt: number
  flags: number
  keywords: readonly string[]
  modseq: bigint
}

export interface HeldMailbox {
  readonly key: string
  readonly role: LabelRole | null
  uidvalidity: number
  uidnext: number
  modseq: bigint
  readonly messages: Map<number, HeldMessage>
  /** UIDs that are gone, with when. */
  readonly expunged: { readonly uid: number; readonly modseq: bigint }[]
}

export interface Putting {
  readonly raw: Uint8Array
  readonly flags?: number
  readonly keywords?: readonly string[]
  readonly receivedAt?: number
}

const bits: Readonly<Record<SettableFlag, number>> = {
  read: FLAG.read,
  starred: FLAG.starred,
  answered: FLAG.answered,
  draft: FLAG.draft,
}

/**
 * Mail in memory that behaves like a server with mod-sequences: what the demo's provider stands on, and what others
 * (a test, a second client) change behind its back.
 */
export class DemoServer {
  readonly mailboxes = new Map<string, HeldMailbox>()
  readonly #listeners = new Set<(mailbox: string) => void>()
  #validities = 1_000

  createMailbox(key: string, role: LabelRole | null = null): HeldMailbox {
    const known = this.mailboxes.get(key)
    if (known !== undefined) return known
    const mailbox: HeldMailbox = {
      key,
      role,
      uidvalidity: ++this.#validities,
      uidnext: 1,
      modseq: 1n,
      messages: new Map(),
      expunged: [],
    }
    this.mailboxes.set(key, mailbox)
    return mailbox
  }

  removeMailbox(key: string): void {
    this.mailboxes.delete(key)
  }

  put(key: string, { raw, flags = 0, keywords = [], receivedAt = 0 }: Putting): Place {
    const mailbox = this.createMailbox(key)
    const uid = mailbox.uidnext++
    mailbox.messages.set(uid, { raw, flags, keywords, receivedAt, modseq: ++mailbox.modseq })
    this.#tell(key)
    return { mailbox: key, uidvalidity: mailbox.uidvalidity, uid }
  }

  /** False when there is no such message. */
  mark(place: Place, change: Marking): boolean {
    const mailbox = this.mailboxes.get(place.mailbox)
    const message = mailbox?.messages.get(place.uid)
    if (mailbox === undefined || message === undefined) return false
    const { add = [], remove = [], addKeywords = [], removeKeywords = [] } = change
    for (const flag of add) message.flags |= bits[flag]
    for (const flag of remove) message.flags &= ~bits[flag]
    const kept = message.keywords.filter(keyword => !removeKeywords.includes(keyword))
    message.keywords = [...new Set([...kept, ...addKeywords])]
    message.modseq = ++mailbox.modseq
    this.#tell(place.mailbox)
    return true
  }

  expunge({ mailbox: key, uid }: Place): HeldMessage | undefined {
    const mailbox = this.mailboxes.get(key)
    const message = mailbox?.messages.get(uid)
    if (mailbox === undefined || message === undefined) return undefined
    mailbox.messages.delete(uid)
    mailbox.expunged.push({ uid, modseq: ++mailbox.modseq })
    this.#tell(key)
    return message
  }

  /** A new UIDVALIDITY: every message is called something else from now on. */
  renumber(key: string): void {
    const mailbox = this.mailboxes.get(key)
    if (mailbox === undefined) return
    const messages = [...mailbox.messages.values()]
    mailbox.uidvalidity = ++this.#validities
    mailbox.messages.clear()
    mailbox.expunged.length = 0
    mailbox.uidnext = 1
    for (const message of messages) mailbox.messages.set(mailbox.uidnext++, { ...message, modseq: ++mailbox.modseq })
    this.#tell(key)
  }

  onChange(listener: (mailbox: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(mailbox: string): void {
    for (const listener of this.#listeners) listener(mailbox)
  }
}

export interface Marking {
  readonly add?: readonly SettableFlag[]
  readonly remove?: readonly SettableFlag[]
  readonly addKeywords?: readonly string[]
  readonly removeKeywords?: readonly string[]
}

export function flagBits(flags: readonly SettableFlag[]): number {
  return flags.reduce((sum, flag) => sum | bits[flag], 0)
}
