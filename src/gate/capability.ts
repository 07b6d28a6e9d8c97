/**
 * Everything that can be asked of Postern, by what it lets happen. A request of the daemon and a tool of MCP each name
 * exactly one of these; what stands in no profile is denied.
 */
export const CAPABILITIES = {
  status: { effect: 'none', says: 'see that Postern runs, and which accounts it may use' },
  read: { effect: 'none', says: 'search and read mail' },
  attachments: { effect: 'files', says: 'read and save attachments' },
  export: { effect: 'files', says: 'export mail into files' },
  draft: { effect: 'local', says: 'write and change drafts' },
  organize: { effect: 'reversible', says: 'mark, star, label, archive, move, snooze and undo' },
  trash: { effect: 'destructive', says: 'move mail to trash or spam' },
  delete: { effect: 'destructive', says: 'delete for good' },
  send: { effect: 'outward', says: 'send mail' },
  unsubscribe: { effect: 'outward', says: 'leave mailing lists' },
  sync: { effect: 'none', says: 'fetch new mail from servers that are set up' },
  rules: { effect: 'reconfigure', says: 'make and change rules' },
  config: { effect: 'reconfigure', says: 'change accounts, settings and what agents may do' },
  llm_cloud: { effect: 'outward', says: 'hand mail to a model on another machine' },
  memory_read: { effect: 'none', says: 'read memory' },
  memory_draft: { effect: 'local', says: 'propose memory' },
  memory_write: { effect: 'memory', says: 'write memory past the librarian' },
  activity: { effect: 'none', says: 'see its own activity' },
  admin: { effect: 'reconfigure', says: 'approve, deny, see all activity, add agents: what only a person does' },
} as const satisfies Readonly<Record<string, CapabilityFacts>>

export type Capability = keyof typeof CAPABILITIES

interface CapabilityFacts {
  readonly effect: Effect
  /** Completes "may …". */
  readonly says: string
}

/**
 * How far an effect reaches. `none`: nothing changes. `local`: only what the agent itself made. `files`: files on this
 * machine. `reversible`: undone with one command. `memory`: becomes memory. `destructive`, `outward` (leaves the
 * machine) and `reconfigure` are what no tainted session does unseen.
 */
export type Effect = 'none' | 'local' | 'files' | 'reversible' | 'memory' | 'destructive' | 'outward' | 'reconfigure'

export const GRAVE: ReadonlySet<Effect> = new Set(['memory', 'destructive', 'outward', 'reconfigure'])

export function effectOf(capability: Capability): Effect {
  return CAPABILITIES[capability].effect
}

export function isCapability(name: string): name is Capability {
  return Object.hasOwn(CAPABILITIES, name)
}
