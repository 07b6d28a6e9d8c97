import { statSync } from 'node:fs'
import type { Command } from '../../command.ts'

export const importCommand: Command = {
  name: 'import',
  summary: 'Take in mail from files: Maildir, mbox, .eml, folders of them',
  description: [
    'Nothing is changed where the mail lies. What is in the store already is left out, so an import that was',
    'interrupted goes on by giving the same command again. Folders become labels; read, starred, answered and draft',
    'come from the names in a Maildir and from Status and X-Status in an mbox. docs/import.md has all of it.',
  ].join(' '),
  positionals: [
    {
      name: 'PATH',
      summary: 'a Maildir, an mbox, a message file, or a folder of any of them',
      required: true,
      many: true,
    },
  ],
  options: {
    account: { summary: 'The account that the mail belongs to (local)', value: 'NAME' },
    mbox: {
      summary: 'Which kind of mbox it is, where that is not seen rightly',
      value: 'KIND',
      choices: ['mboxo', 'mboxrd', 'mboxcl', 'mboxcl2'],
    },
    'dry-run': { summary: 'Read everything and say what would be imported; store nothing' },
  },
  examples: [
    { command: 'postern import ~/Maildir', why: 'a Maildir with its folders' },
    { command: 'postern import --account work archive.mbox letters/', why: 'an mbox and a folder of .eml files' },
    { command: 'postern import --dry-run ~/Mail', why: 'what is there, and what of it is new' },
  ],
  keeps: ['fs.write', 'worker', 'net', 'child'],
  isHeavy: ({ positionals }) => positionals.some(isLarge),
  load: () => import('./import.ts'),
}

const largeBytes = 16 * 1024 * 1024

/** What is not there, or may not be looked at, is the command's to complain of. */
function isLarge(path: string): boolean {
  try {
    const stat = statSync(path)
    return stat.isDirectory() || stat.size > largeBytes
  } catch {
    return false
  }
}
