import type { Exit } from '#base/failure.ts'
import type { Session } from './session.ts'

/**
 * A command as data. Everything that can be said about it without running it stands here, so that help, completions,
 * the man page and the parser cannot disagree; its code is loaded only when it is asked for.
 */
export interface Command {
  readonly name: string
  /** One line, without a full stop. */
  readonly summary: string
  readonly description?: string
  readonly positionals?: readonly Positional[]
  readonly options?: Readonly<Record<string, Option>>
  readonly examples?: readonly Example[]
  /** What the command keeps of what the process may do; the rest is dropped, irreversibly, before its code runs. */
  readonly keeps?: readonly Permission[]
  /** Works whatever the state of settings, directories and log: it neither reads nor needs them. */
  readonly stateless?: true
  /** Works on the demo's directories whether or not `--demo` is given. */
  readonly instance?: 'demo'
  /** What follows its first argument belongs to another program: no word of it is an option of ours. */
  readonly verbatim?: true
  /** An agent may run it: it reaches mail and memory through the gate alone, or not at all. */
  readonly agents?: true
  /** Whether it works on so much memory that the program is worth starting again for large pages (large-pages.ts). */
  readonly isHeavy?: (invocation: Invocation) => boolean
  readonly load?: () => Promise<{ readonly run: Run }>
  readonly subcommands?: readonly Command[]
}

/** Reading files is never dropped: the program's own parts are loaded lazily and SQLite reads outside of it anyway. */
export type Permission = 'fs.write' | 'net' | 'child' | 'worker'

export interface Positional {
  readonly name: string
  readonly summary: string
  readonly required?: boolean
  /** Takes all that follow; only the last positional may. */
  readonly many?: boolean
  readonly choices?: readonly string[]
}

export interface Option {
  readonly summary: string
  readonly short?: string
  /** The placeholder of its value (`FILE`); an option without one is a flag. */
  readonly value?: string
  readonly many?: boolean
  readonly choices?: readonly string[]
}

export interface Example {
  readonly command: string
  readonly why: string
}

export interface Invocation {
  /** The words that chose the command: `['config', 'show']`. */
  readonly path: readonly string[]
  readonly positionals: readonly string[]
  readonly options: Options
}

/** Options as given, by their long names. Asking for one that the command does not declare is a bug and throws. */
export interface Options {
  flag(name: string): boolean
  value(name: string): string | undefined
  values(name: string): readonly string[]
}

/**
 * Runs a command. Expected refusals are thrown as `Failure`; the exit is `done` when nothing is returned. A number is
 * the exit code of a program that the command ran in its own place.
 */
export type Run = (invocation: Invocation, session: Session) => Promise<Exit | number | undefined>
