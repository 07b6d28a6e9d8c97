import { diffLines } from '../hooks/diff.ts'
import type { Step } from '../hooks/plan.ts'
import type { ServerEntry } from './server-text.ts'

/**
 * Pure: what a step changes, as it may be shown. Such files hold the tokens of other servers, which belong on no screen
 * and in no log: of the lines that change, only what we write ourselves is shown as it is.
 */
export function shownDiff({ before, after }: Step, { command, args }: ServerEntry): readonly string[] {
  const ours = new Set(['stdio', command, ...args].map(word => JSON.stringify(word)))
  return diffLines(before, after)
    .filter(line => !line.startsWith('  '))
    .map(line =>
      line.replace(inQuotes, (all: string, text: string, end: string) => {
        return end !== '' || ours.has(text) ? all : '"…"'
      }),
    )
}

/** A text of JSON or TOML, and the sign behind it that makes a key of it. */
const inQuotes = /("(?:[^"\\]|\\.)*"|'[^']*')((?:\s*[:=])?)/g
