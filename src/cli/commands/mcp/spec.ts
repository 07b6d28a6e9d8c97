import type { Command } from '../../command.ts'
import { daemonKeeps } from '../daemon/spec.ts'

export const mcpCommands: readonly Command[] = [
  {
    name: 'mcp',
    summary: 'Serve an agent over MCP on standard input and output',
    description:
      'A program that speaks MCP starts this and gets mail and memory within a profile. With POSTERN_AGENT_TOKEN it is ' +
      'the agent of that token; without one it has what --profile names, at most. docs/agents.md walks through it.',
    options: {
      profile: { summary: 'What it may do at most (assistant)', value: 'PROFILE' },
      workspace: { summary: 'Whose memory: a directory in a Git repository (the current one)', value: 'DIR' },
    },
    examples: [
      { command: 'postern mcp', why: 'with the token that postern agent add gave, in POSTERN_AGENT_TOKEN' },
      { command: 'postern mcp --profile reader', why: 'reads, and does nothing else' },
    ],
    agents: true,
    keeps: daemonKeeps,
    load: () => import('./serve.ts'),
  },
]
