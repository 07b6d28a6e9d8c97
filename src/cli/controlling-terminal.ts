import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { Failure } from '#base/failure.ts'

const path = process.platform === 'win32' ? '\\\\.\\CON' : '/dev/tty'
const charactersMax = 256

/**
 * Asks whoever sits at the terminal that controls this process, whatever stdin and stdout are tied to: what an agent
 * pipes in is no answer. Nothing that is typed is shown or kept.
 */
export async function askUnshown(question: string): Promise<string> {
  const descriptor = openTerminal()
  const terminal = new ReadStream(descriptor)
  try {
    writeSync(descriptor, question)
    const typed = await readLine(terminal)
    writeSync(descriptor, '\n')
    if (typed === undefined) throw new Failure('failed', 'cancelled', 'cancelled; nothing was changed')
    return typed
  } finally {
    terminal.destroy()
  }
}

/** True when there is somebody to ask. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync(path, 'r+'))
    return true
  } catch {
    return false
  }
}

/**
 * Whether the keyboard's signals go to this process: it has a terminal, and its group is the one in front there. Where
 * the system does not tell the latter, having a terminal has to do.
 */
export function isInForeground(): boolean {
  if (process.platform !== 'linux') return hasTerminal()
  try {
    // proc_pid_stat(5): behind the name, which may hold anything, stand state, parent, group, session, terminal, front.
    const fields = readFileSync('/proc/self/stat', 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[2] === fields[5]
  } catch {
    return hasTerminal()
  }
}

function openTerminal(): number {
  try {
    return openSync(path, 'r+')
  } catch (cause) {
    throw new Failure('refused', 'terminal_missing', 'this asks a person, and there is no terminal to ask at', {
      next: 'run it yourself in a terminal',
      cause,
    })
  }
}

function readLine(terminal: ReadStream): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let typed = ''
    const finish = (answer: string | undefined) => {
      terminal.removeAllListeners()
      terminal.setRawMode(false)
      resolve(answer)
    }
    const take = (chunk: Buffer) => {
      for (const character of chunk.toString('utf8')) {
        if (character === '\r' || character === '\n') return finish(typed)
        if (character === '\u0003' || character === '\u0004') return finish(undefined)
        if (character === '\u007f' || character === '\b') typed = [...typed].slice(0, -1).join('')
        else if (typed.length < charactersMax) typed += character
      }
    }
    terminal.on('error', reject)
    terminal.on('data', take)
    terminal.setRawMode(true)
  })
}
