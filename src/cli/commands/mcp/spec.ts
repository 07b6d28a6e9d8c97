import { mcpClients } from '#harness/clients/mcp-clients.ts'
import type { Command } from '../../command.ts'
import { daemonKeeps } from '../daemon/spec.ts'

export const mcpCommands: readonly Command[] = [
  {
    name: 'mcp',
    summary: 'Serve an agent over MCP, or tell a client to start that',
    description:
      'Without words it serves on standard input and output: a program that speaks MCP starts it and gets mail and memory ' +
      'within a profile. With POSTERN_AGENT_TOKEN it is the agent of that token; without one it has what --profile names, ' +
      'at most. install puts it into the settings of a client, without any secret, and changes nothing else; uninstall ' +
      'takes it out again. docs/agents.md walks through it.',
    positionals: [
      { name: 'ACTION', summary: 'what to do with a client', choices: ['install', 'show', 'uninstall'] },
      { name: 'CLIENT', summary: 'whose settings', choices: mcpClients.map(({ name }) => name) },
    ],
    options: {
      profile: { summary: 'What it may do at most (assistant)', value: 'PROFILE' },
      workspace: { summary: 'Whose memory: a directory in a Git repository (the current one)', value: 'DIR' },
      scope: {
        summary: 'Whose settings: your own, or those of this repository',
        value: 'SCOPE',
        choices: ['user', 'project'],
      },
      'allow-direct-writes': {
        summary: 'Offer tools that write memory past the librarian, to a profile that grants it',
      },
      yes: { summary: 'Change the settings; without this, only what would be changed is said' },
    },
    examples: [
      { command: 'postern mcp', why: 'with the token that postern agent add gave, in POSTERN_AGENT_TOKEN' },
      { command: 'postern mcp --profile reader', why: 'reads, and does nothing else' },
      { command: 'postern mcp install claude-code', why: 'a look at what would be changed' },
      { command: 'postern mcp install cursor --profile reader --workspace . --yes', why: 'do it' },
      { command: 'postern mcp uninstall cursor --yes', why: 'as it was before' },
    ],
    agents: true,
    keeps: daemonKeeps,
    load: () => import('./mcp.ts'),
  },
]
