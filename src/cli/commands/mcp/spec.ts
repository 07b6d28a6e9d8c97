import { mcpClients } from '#harness/clients/mcp-clients.ts'
import type { Command, Option } from '../../command.ts'
import { daemonKeeps } from '../daemon/spec.ts'

const client = { name: 'CLIENT', summary: mcpClients.map(({ name }) => name).join(', '), required: true } as const
const scope = {
  summary: 'Your own settings (user), or those of this repository (project)',
  value: 'SCOPE',
  choices: ['user', 'project'],
} as const satisfies Option
const entry = {
  profile: { summary: 'What the server may do at most (assistant)', value: 'PROFILE' },
  workspace: { summary: 'Whose memory: a directory in a Git repository', value: 'DIR' },
} as const satisfies Record<string, Option>
const yes = { yes: { summary: 'Do it; without this, only what would be changed is said' } } as const

const clientCommands: readonly Command[] = [
  {
    name: 'install',
    summary: 'Put the server into the settings of a client, and change nothing else',
    description:
      'No secret is written. With POSTERN_AGENT_TOKEN in its environment a client is the agent of that token; without one ' +
      'it has what --profile names, at most.',
    positionals: [client],
    options: { ...entry, scope, ...yes },
    examples: [
      { command: 'postern mcp install claude-code', why: 'a look at what would be changed' },
      { command: 'postern mcp install cursor --profile reader --workspace . --yes', why: 'do it' },
    ],
    keeps: ['fs.write'],
    load: () => import('./clients.ts'),
  },
  {
    name: 'show',
    summary: 'Say whether the server is in the settings of a client',
    positionals: [client],
    options: { ...entry, scope },
    examples: [{ command: 'postern mcp show codex --json', why: 'for a program' }],
    load: () => import('./clients.ts'),
  },
  {
    name: 'uninstall',
    summary: 'Take the server out again, and nothing else',
    positionals: [client],
    options: { ...entry, scope, ...yes },
    examples: [{ command: 'postern mcp uninstall claude-code --yes', why: 'as it was before' }],
    keeps: ['fs.write'],
    load: () => import('./clients.ts'),
  },
]

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
    subcommands: clientCommands,
  },
]
