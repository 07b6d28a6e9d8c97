import type { Clock } from '#base/clock.ts'
import type { Log } from '#base/log.ts'
import type { Paths } from '#base/paths.ts'
import type { Config } from '#config/index.ts'
import type { Claim } from './claim.ts'

/** What a command has of the world: everything else it must ask a room for. */
export interface Session {
  readonly paths: Paths
  readonly env: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  readonly clock: Clock
  readonly output: Output
  readonly input: Input
  /** Who runs it, where that is no person. */
  readonly claim: Claim | undefined
  /** The settings in force; a file that cannot be used ends the command. */
  config(): Promise<Config>
  /** The program's log, opened when first asked for. */
  log(): Promise<Log>
}

/** Data goes to stdout, talk to stderr, so that a pipe only ever carries data. */
export interface Output {
  /** True when the person asked for `--json`. */
  readonly json: boolean
  /** Colour on stdout: a terminal, and neither NO_COLOR nor `--color never`. */
  readonly color: boolean
  readonly isTerminal: boolean
  /** Columns of the terminal, 80 when there is none. */
  readonly columns: number
  write(text: string | Uint8Array): void
  /** A line for a person, on stderr; silenced by `--quiet`. */
  talk(line: string): void
  /** The same for what went wrong: never silenced. */
  complain(line: string): void
  /**
   * A line on stderr that the next one replaces, and '' takes away: how far something is that takes longer than a
   * second. Nothing where stderr is no terminal, nor with `--quiet`.
   */
  progress(line: string): void
  /** One JSON document and a line break, on stdout. */
  data(value: unknown): void
}

export interface Input {
  readonly isTerminal: boolean
  /** All of stdin; a `Failure` beyond `bytesMax`. */
  readAll(bytesMax: number): Uint8Array
  /** One line that a person types at a terminal, without its end; undefined when they end the input instead. */
  readLine(): string | undefined
}
