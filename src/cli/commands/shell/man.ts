import { build } from '#base/build.ts'
import type { Command, Run } from '../../command.ts'
import { optionRows, usageOf } from '../../help.ts'
import { globalOptions } from '../../parse.ts'
import { table } from '../../table.ts'

export const run: Run = async (_invocation, { output }) => {
  output.write(manualPage(table, build().version))
  return 'done'
}

/** The whole table as one page in man(7) macros. */
export function manualPage(root: Command, version: string): string {
  return [
    `.TH POSTERN 1 "" "postern ${roff(version)}" "User Commands"`,
    `.SH NAME\npostern \\- ${roff(root.summary)}`,
    `.SH SYNOPSIS\n.B ${roff(usageOf(root, []))}`,
    `.SH DESCRIPTION\n${roff(root.description ?? '')}`,
    `.SH OPTIONS OF EVERY COMMAND\n${options(optionRows(globalOptions))}`,
    `.SH COMMANDS\n${commands(root, [])}`,
    exitStatus,
    '',
  ].join('\n')
}

function commands(command: Command, path: readonly string[]): string {
  return (command.subcommands ?? [])
    .map(sub => {
      const words = [...path, sub.name]
      if (sub.subcommands !== undefined) return commands(sub, words)
      const examples = (sub.examples ?? []).map(({ command: line, why }) => `.TP\n.B ${roff(line)}\n${roff(why)}`)
      return [
        `.SS ${roff(usageOf(sub, words))}`,
        roff(`${sub.summary}.`),
        ...(sub.description === undefined ? [] : [`.PP\n${roff(sub.description)}`]),
        options(optionRows(sub.options ?? {})),
        ...examples,
      ]
        .filter(text => text !== '')
        .join('\n')
    })
    .join('\n')
}

function options(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([name, summary]) => `.TP\n.B ${roff(name.trim())}\n${roff(summary)}`).join('\n')
}

/** A leading dot or quote would be a macro; a hyphen must stay one that can be pasted. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .split('\n')
    .map(line => line.trim().replace(/^([.'])/, '\\&$1'))
    .join('\n')
}

const exitStatus = `.SH EXIT STATUS
0 done, 1 failed, 2 usage, 3 held for approval, 4 not found, 5 refused by policy, 6 integrity, 75 try again later`
