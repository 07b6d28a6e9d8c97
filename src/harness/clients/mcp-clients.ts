/** A program that starts MCP servers, and the file in which it keeps which ones. */
export interface McpClient {
  readonly name: string
  readonly title: string
  /** Below the home directory. */
  readonly file: (platform: NodeJS.Platform) => readonly string[]
  /** Below the root of a repository, for those that read one there too. */
  readonly projectFile?: readonly string[]
  readonly form: 'mcpServers' | 'servers' | 'toml'
  /** It starts servers in the directory that it works in; others need to be told whose memory is meant. */
  readonly startsInProject: boolean
}

const support = (platform: NodeJS.Platform, ...path: readonly string[]): readonly string[] =>
  platform === 'darwin'
    ? ['Library', 'Application Support', ...path]
    : platform === 'win32'
      ? ['AppData', 'Roaming', ...path]
      : ['.config', ...path]

/** As their documentation has it in autumn 2026. */
export const mcpClients: readonly McpClient[] = [
  {
    name: 'claude-code',
    title: 'Claude Code',
    file: () => ['.claude.json'],
    projectFile: ['.mcp.json'],
    form: 'mcpServers',
    startsInProject: true,
  },
  {
    name: 'claude-desktop',
    title: 'Claude Desktop',
    file: platform => support(platform, 'Claude', 'claude_desktop_config.json'),
    form: 'mcpServers',
    startsInProject: false,
  },
  {
    name: 'codex',
    title: 'Codex',
    file: () => ['.codex', 'config.toml'],
    projectFile: ['.codex', 'config.toml'],
    form: 'toml',
    startsInProject: true,
  },
  {
    name: 'cursor',
    title: 'Cursor',
    file: () => ['.cursor', 'mcp.json'],
    projectFile: ['.cursor', 'mcp.json'],
    form: 'mcpServers',
    startsInProject: false,
  },
  {
    name: 'vscode',
    title: 'Visual Studio Code',
    file: platform => support(platform, 'Code', 'User', 'mcp.json'),
    projectFile: ['.vscode', 'mcp.json'],
    form: 'servers',
    startsInProject: false,
  },
  {
    name: 'windsurf',
    title: 'Windsurf',
    file: () => ['.codeium', 'windsurf', 'mcp_config.json'],
    form: 'mcpServers',
    startsInProject: false,
  },
  {
    name: 'gemini-cli',
    title: 'Gemini CLI',
    file: () => ['.gemini', 'settings.json'],
    projectFile: ['.gemini', 'settings.json'],
    form: 'mcpServers',
    startsInProject: true,
  },
]
