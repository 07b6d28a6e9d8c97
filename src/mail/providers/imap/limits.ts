/** What a server may make us hold or do. A server that goes beyond one of these is not believed any further. */
export const LIMITS = {
  /** A line without its literals: `UID SEARCH ALL` of a million messages is seven of these megabytes. */
  lineBytesMax: 32 * 1024 * 1024,
  /** A message that is kept. */
  messageBytesMax: 128 * 1024 * 1024,
  /** A larger one is read past, up to here; beyond, the server is lying or broken. */
  skippedBytesMax: 1024 * 1024 * 1024,
  literalsPerResponseMax: 64,
  nestingMax: 64,
  tokensPerResponseMax: 5_000_000,
  mailboxesMax: 10_000,
  messagesPerMailboxMax: 2_000_000,
  keywordsPerMessageMax: 64,
  labelsPerMessageMax: 200,
  /** Of one response, as far as it is kept for a person to read. */
  textCharactersMax: 300,
} as const

export const TIMES = {
  connectMs: 20_000,
  greetingMs: 20_000,
  /** Nothing came while an answer was due. */
  silenceMs: 60_000,
  /** RFC 2177: a server may end an IDLE after 30 minutes; routers forget much sooner. */
  idleMs: 9 * 60_000,
  reconnectMs: 5_000,
  reconnectMsMax: 5 * 60_000,
} as const
