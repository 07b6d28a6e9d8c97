import type { Command } from '../../command.ts'

export const shellCommands: readonly Command[] = [
  {
    name: 'completions',
    summary: 'Print a completion script for a shell',
    positionals: [
      { name: 'SHELL', summary: 'the shell', required: true, choices: ['bash', 'zsh', 'fish', 'powershell'] },
    ],
    examples: [
      { command: 'source <(postern completions bash)', why: 'bash, this session' },
      { command: 'postern completions zsh > ~/.zfunc/_postern', why: 'zsh, for good' },
      { command: 'postern completions fish > ~/.config/fish/completions/postern.fish', why: 'fish, for good' },
      { command: 'postern completions powershell | Out-String | Invoke-Expression', why: 'PowerShell, this session' },
    ],
    stateless: true,
    load: () => import('./completions.ts'),
  },
  {
    name: 'man',
    summary: 'Print the manual page (roff)',
    examples: [{ command: 'postern man | man -l -', why: 'read it' }],
    stateless: true,
    load: () => import('./man.ts'),
  },
  {
    name: 'help',
    summary: 'Show help for a command',
    positionals: [{ name: 'COMMAND', summary: 'the words of the command', many: true }],
    examples: [{ command: 'postern help config explain', why: 'the same as postern config explain --help' }],
    stateless: true,
    load: () => import('./help.ts'),
  },
]
