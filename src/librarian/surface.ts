/**
 * Where a memory draft came from, and what it may therefore become. Whatever a draft says of itself, its records are
 * bounded by its surface: which forms, which sources, how sure. A surface is set by the code that takes the draft in.
 */
export interface Surface {
  /** Sources that a record may name; the first is used where a draft names none. */
  readonly sources: readonly [string, ...string[]]
  /** 0 to 1. Also bounded by the source itself. */
  readonly confidenceMax: number
  readonly heads: readonly MemoryHead[]
  /** A person wrote it or confirmed it. */
  readonly trusted: boolean
}

export const MEMORY_HEADS = ['sem', 'epi', 'pro', 'inf'] as const
export type MemoryHead = (typeof MEMORY_HEADS)[number]

const facts: readonly MemoryHead[] = ['sem', 'epi']
const agents = { sources: ['observation', 'pending_verification'], heads: [...facts, 'inf'], trusted: false } as const

export const SURFACES = {
  /** A person at a terminal. */
  cli: {
    sources: [
      'self_report',
      'observation',
      'profile',
      'document',
      'registry',
      'policy',
      'agent_instruction',
      'external_authority',
      'participant_report',
      'pending_verification',
    ],
    confidenceMax: 1,
    heads: MEMORY_HEADS,
    trusted: true,
  },
  /** An agent over MCP. */
  mcp: { ...agents, confidenceMax: 0.8 },
  /** An agent's session, captured by the harness. */
  agent_export: { ...agents, confidenceMax: 0.7 },
  claude_memory: { ...agents, confidenceMax: 0.8 },
  codex_memory: { ...agents, confidenceMax: 0.8 },
  copilot_session_store: { ...agents, confidenceMax: 0.7 },
  consensus_quorum: { ...agents, confidenceMax: 0.8 },
  /** Files that a person pointed at. */
  directory: {
    sources: ['document', 'observation', 'pending_verification'],
    confidenceMax: 0.8,
    heads: facts,
    trusted: false,
  },
  repo_handoff: { sources: ['document', 'pending_verification'], confidenceMax: 0.6, heads: facts, trusted: false },
  /** A message: anybody can write one. Rules are never learned from mail. */
  mail: { sources: ['participant_report', 'pending_verification'], confidenceMax: 0.6, heads: facts, trusted: false },
} as const satisfies Readonly<Record<string, Surface>>

export type SurfaceName = keyof typeof SURFACES
export const surfaceNames: readonly SurfaceName[] = Object.keys(SURFACES).filter(isSurfaceName)

export function isSurfaceName(name: string): name is SurfaceName {
  return Object.hasOwn(SURFACES, name)
}

/** Both `claude-memory` and `claude_memory`. */
export function surfaceNamed(text: string): SurfaceName | undefined {
  const name = text.replaceAll('-', '_')
  return isSurfaceName(name) ? name : undefined
}

export function surfaceOf(name: SurfaceName): Surface {
  return SURFACES[name]
}
