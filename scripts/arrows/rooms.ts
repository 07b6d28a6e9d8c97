/**
 * The rooms of src and which arrows may leave them. `any` rooms may be imported as one likes; of a `type`
 * room only types, which vanish before the program runs; a `lazy` room only by `await import()`, so that
 * a command loads nothing but its own code. What is not in the table is forbidden.
 */
export interface Room {
  readonly any?: readonly string[]
  readonly type?: readonly string[]
  readonly lazy?: readonly string[]
  /** Why the arrows are as they are. */
  readonly why: string
}

const ground = ['config', 'base']
const engine = ['daemon', 'gate', 'mail', 'librarian', 'memory', ...ground]

export const rooms: Readonly<Record<string, Room>> = {
  base: { why: 'Everything stands on it, so it stands on nothing.' },
  config: { any: ['base'], why: 'Settings are read before any room is opened.' },
  memory: { any: ground, why: 'Knows nothing of mail: what an agent remembers is not what a stranger wrote.' },
  mail: { any: ground, why: 'Knows nothing of memory, for the same reason from the other side.' },
  gate: {
    any: ground,
    type: ['mail', 'memory', 'librarian'],
    why: 'Decides on what it is shown. It may name what it decides on, but reach for nothing.',
  },
  librarian: {
    any: ['memory', ...ground],
    type: ['mail'],
    why: 'The only room that sees both sides; mail comes to it as a draft source that someone hands in.',
  },
  harness: { any: ['gate', 'librarian', 'memory', ...ground], why: 'Runs an agent around memory; mail is none of it.' },
  daemon: {
    any: ['gate', 'mail', 'librarian', 'memory', ...ground],
    why: 'Owns the stores and does what the gate allowed.',
  },
  cli: {
    any: [...engine, 'harness'],
    lazy: ['mcp', 'bridge', 'tui', 'web'],
    why: 'A face; it starts the other faces, and each command loads only itself.',
  },
  mcp: { any: engine, why: 'A face.' },
  bridge: { any: engine, why: 'A face.' },
  tui: { any: engine, why: 'A face.' },
  web: { any: ['base'], type: engine, why: 'Runs in a browser: it has the words of the others, not their code.' },
}

/** src/main.ts is in no room: it stands above them. */
export const entry: Room = {
  any: ['cli', ...ground],
  lazy: [...engine, 'harness', 'mcp', 'bridge', 'tui', 'web'],
  why: 'The one entry: it finds the command and loads no more than that.',
}
