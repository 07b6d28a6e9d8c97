import { fstatSync, statSync } from 'node:fs'
import { devNull } from 'node:os'
import { readLine, readToEnd, writeAll } from '#base/descriptor.ts'
import { cutToWidth } from '#base/display-width.ts'
import { EXIT, Failure } from '#base/failure.ts'
import { printableJson } from '#base/printable.ts'
import type { Input, Output } from './session.ts'

/** How the answer was asked for: the global options that shape output. */
export interface OutputChoice {
  readonly json: boolean
  readonly quiet: boolean
  readonly color: 'auto' | 'always' | 'never'
}

const stdin = 0
const stdout = 1
const stderr = 2
const columnsWithoutTerminal = 80
const lineBytesMax = 4_096

export function terminalOutput(choice: OutputChoice, env: Readonly<Record<string, string | undefined>>): Output {
  const isTerminal = isTerminalAt(stdout)
  const progress = progressAt(stderr, choice.quiet)
  const wantsColor = isTerminal && !env.NO_COLOR && env.TERM !== 'dumb'
  return {
    json: choice.json,
    isTerminal,
    color: choice.color === 'always' || (choice.color === 'auto' && wantsColor),
    columns: isTerminal ? process.stdout.columns : columnsWithoutTerminal,
    write: text => writeOrEnd(stdout, text),
    talk: line => {
      if (!choice.quiet) writeOrEnd(stderr, `${progress.clear()}${line}\n`)
    },
    complain: line => writeOrEnd(stderr, `${progress.clear()}${line}\n`),
    progress: progress.show,
    data: value => writeOrEnd(stdout, `${printableJson(value)}\n`),
  }
}

/** The line is cut to the terminal, since one that wraps cannot be taken back. */
function progressAt(descriptor: number, isQuiet: boolean) {
  let shown = false
  let isTerminal: boolean | undefined
  const clear = () => {
    const taken = shown ? '\r\x1b[K' : ''
    shown = false
    return taken
  }
  const show = (line: string) => {
    isTerminal ??= !isQuiet && isTerminalAt(descriptor)
    if (!isTerminal) return
    const columns = process.stderr.columns || columnsWithoutTerminal
    writeOrEnd(descriptor, `${clear()}${cutToWidth(line, columns - 1)}`)
    shown = line !== ''
  }
  return { clear, show }
}

export const terminalInput: Input = {
  get isTerminal() {
    return isTerminalAt(stdin)
  },
  readAll: bytesMax => {
    const bytes = readToEnd(stdin, bytesMax)
    if (bytes !== undefined) return bytes
    throw new Failure('usage', 'input_too_large', `standard input is larger than ${bytesMax} bytes`)
  },
  readLine: () => readLine(stdin, lineBytesMax),
}

/** `postern … | head -1` closes our stdout: that is the reader's decision and no error. */
function writeOrEnd(descriptor: number, data: string | Uint8Array): void {
  if (!writeAll(descriptor, data)) process.exit(EXIT.done)
}

/** Asks the terminal module only about what can be a terminal: loading it costs five milliseconds. */
function isTerminalAt(descriptor: number): boolean {
  try {
    const { rdev } = fstatSync(descriptor)
    const mayBeOne = process.platform === 'win32' || (rdev !== 0 && rdev !== statSync(devNull).rdev)
    return mayBeOne && process.getBuiltinModule('node:tty').isatty(descriptor)
  } catch {
    return false // closed by whoever started us
  }
}
