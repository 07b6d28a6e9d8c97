import { Failure } from '#base/failure.ts'

/** What a client says of itself to the daemon when it is no person. It can only take authority away. */
export interface Claim {
  readonly token?: string
  readonly profile?: string
  readonly origin: 'agent' | 'mcp'
}

/**
 * Variables that the common agents set in the shells that they open. A process in such a shell is not the person,
 * however much the system thinks so; without a token it may do nothing. It is a courtesy of those agents, and no
 * boundary: whoever removes the variable is not found out here (SECURITY.md).
 */
const agentVariables: readonly string[] = [
  'CLAUDECODE',
  'CLAUDE_CODE_ENTRYPOINT',
  'CODEX_SANDBOX',
  'CODEX_THREAD_ID',
  'CURSOR_AGENT',
  'GEMINI_CLI',
  'OPENCODE',
  'COPILOT_AGENT',
  'AMP_THREAD_ID',
  'GOOSE_TERMINAL',
  'AIDER_CHAT',
  'CLINE_ACTIVE',
  'REPLIT_AGENT',
  'POSTERN_AGENT',
]

/** Who runs this command: undefined for a person. */
export function claimOf(
  env: Readonly<Record<string, string | undefined>>,
  profile: string | undefined,
): Claim | undefined {
  const token = env.POSTERN_AGENT_TOKEN
  const asked = profile === undefined ? {} : { profile }
  if (token !== undefined && token !== '') return { token, ...asked, origin: 'agent' }
  if (profile !== undefined) return { profile, origin: 'agent' }
  return agentVariables.some(name => (env[name] ?? '') !== '') ? { origin: 'agent' } : undefined
}

/** The end of a command that an agent may not run by itself, with the way that it has. */
export function onlyPerson(words: string): Failure {
  return new Failure('refused', 'only_a_person', `${words} is for a person; an agent asks through the gate`, {
    next: 'postern request mail.search \'{"query":"is:unread"}\', or postern mcp',
  })
}
