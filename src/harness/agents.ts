import { basename } from 'node:path'
import type { SurfaceName } from '#librarian/surface.ts'

/** What is known of an agent, as a row: where its own memory comes from bounds what it may become. */
interface Known {
  readonly program: string
  readonly memorySurface: SurfaceName
}

const known: readonly Known[] = [
  { program: 'claude', memorySurface: 'claude_memory' },
  { program: 'codex', memorySurface: 'codex_memory' },
  { program: 'copilot', memorySurface: 'copilot_session_store' },
]

const nameLengthMax = 40

/** A plain word for the agent, of what was typed to start it. */
export function agentName(typed: string): string {
  const plain = basename(typed)
    .replace(/\.(?:exe|cmd)$/i, '')
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .slice(0, nameLengthMax)
  return /[A-Za-z0-9]/.test(plain) ? plain : 'agent'
}

export function memorySurfaceOf(agent: string): SurfaceName {
  return known.find(({ program }) => program === agent)?.memorySurface ?? 'agent_export'
}
