import type { Command } from './command.ts'
import { accountCommands } from './commands/account/spec.ts'
import { configCommands } from './commands/config/spec.ts'
import { daemonCommands } from './commands/daemon/spec.ts'
import { demoCommand } from './commands/demo/spec.ts'
import { doctorCommands } from './commands/doctor/spec.ts'
import { gateCommands } from './commands/gate/spec.ts'
import { harnessCommands } from './commands/harness/spec.ts'
import { librarianCommands } from './commands/librarian/spec.ts'
import { mailCommands } from './commands/mail/spec.ts'
import { mcpCommands } from './commands/mcp/spec.ts'
import { memoryCommands } from './commands/memory/spec.ts'
import { mimeCommands } from './commands/mime/spec.ts'
import { organizeCommands } from './commands/organize/spec.ts'
import { selfCommands } from './commands/self/spec.ts'
import { shellCommands } from './commands/shell/spec.ts'
import { syncCommands } from './commands/sync/spec.ts'
import { writeCommands } from './commands/write/spec.ts'

/** Every command of the program, in the order in which help shows them. */
export const table: Command = {
  name: 'postern',
  summary: "a person's mail and their agents' memory on their own machine, behind one gate",
  description:
    'Postern keeps mail and memory in files that only you can read, and is the only way an agent gets to either. ' +
    'Whatever leaves the machine, destroys or becomes memory passes one decision that the agent cannot influence.',
  subcommands: [
    ...mailCommands,
    ...syncCommands,
    ...organizeCommands,
    ...writeCommands,
    demoCommand,
    ...mcpCommands,
    ...gateCommands,
    ...daemonCommands,
    ...memoryCommands,
    ...librarianCommands,
    ...harnessCommands,
    ...doctorCommands,
    ...mimeCommands,
    ...accountCommands,
    ...configCommands,
    ...selfCommands,
    ...shellCommands,
  ],
  examples: [
    { command: 'postern demo', why: 'a made-up mailbox to try everything on' },
    { command: 'postern version', why: 'what this executable is' },
    { command: 'postern self verify', why: 'check that it is unchanged since it was built' },
    { command: 'postern config check', why: 'find out whether the configuration is sound' },
  ],
}
