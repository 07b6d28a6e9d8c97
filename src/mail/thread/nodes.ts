/** The names by which a message is threaded, as its headers give them. */
export interface ThreadNames {
  readonly messageId: string
  readonly inReplyTo: readonly string[]
  readonly references: readonly string[]
  readonly providerThreadId?: string | undefined
}

/** A header may name 20,000 others; the thread's start and the nearest ancestors say all that there is to say. */
const firstReferences = 4
const lastReferences = 8
const inReplyToMax = 2
const nameCharsMax = 998
/** Shorter ones ("<>", "<1>") are what broken senders put on every message. */
const nameCharsMin = 6

/**
 * The nodes of a message within its account. A provider's thread id outranks what the headers refer to: the provider
 * may have split what they join. The own Message-ID always counts, so that a copy made before the provider knew it
 * finds its thread.
 */
export function threadNodes(account: number, names: ThreadNames): number[] {
  const nodes = new Set<number>()
  if (names.providerThreadId !== undefined) nodes.add(key(account, `thread:${names.providerThreadId}`))
  if (isName(names.messageId)) nodes.add(nameKey(account, names.messageId))
  if (names.providerThreadId === undefined) {
    for (const name of ancestors(names)) nodes.add(nameKey(account, name))
  }
  return [...nodes]
}

/** For the index of Message-IDs: 0 when there is none worth the name. */
export function messageKey(messageId: string): number {
  return messageId === '' ? 0 : nameKey(0, messageId)
}

/** The ancestors of a message, oldest first, as keys that `messageKey` of those messages gives. */
export function parentKeys(names: ThreadNames): number[] {
  return ancestors(names).map(name => nameKey(0, name))
}

function ancestors({ messageId, references, inReplyTo }: ThreadNames): string[] {
  const usable =
    references.length <= firstReferences + lastReferences
      ? references
      : [...references.slice(0, firstReferences), ...references.slice(-lastReferences)]
  // In-Reply-To goes first: where References exist its parent is their last, and that is the nearer word for it.
  const all = references.length === 0 ? inReplyTo.slice(0, inReplyToMax) : usable
  return [...new Set(all)].filter(name => isName(name) && name !== messageId)
}

function isName(name: string): boolean {
  return name.length >= nameCharsMin && name.length <= nameCharsMax
}

function nameKey(account: number, name: string): number {
  return key(account, `message:${name.toLowerCase()}`)
}

/**
 * 52 bits of a text (cyrb53). Two names of one key join their threads or send a lookup to a row that is then compared
 * in full: nothing that a sender could not have by naming the other message openly.
 */
export function key(seed: number, text: string): number {
  let low = 0xdeadbeef ^ seed
  let high = 0x41c6ce57 ^ seed
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    low = Math.imul(low ^ unit, 2654435761)
    high = Math.imul(high ^ unit, 1597334677)
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  return 4294967296 * (0xfffff & high) + (low >>> 0) + 1
}
