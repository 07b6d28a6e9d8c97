import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { printableLine } from '#base/printable.ts'
import type { Run } from '../../command.ts'
import { numberOption } from '../mail/search-options.ts'

const linesDefault = 50
const linesMax = 10_000
const readBytesMax = 8 * 1024 * 1024

export const run: Run = async ({ options }, { paths, output }) => {
  const lines = lastLines(join(paths.logDir, 'postern.log'), numberOption(options, 'lines', linesDefault, linesMax))
  for (const line of lines) output.write(`${output.json ? line : printableLine(line)}\n`)
  if (lines.length === 0) output.talk('the log is empty')
  return 'done'
}

function lastLines(file: string, count: number): string[] {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  try {
    const { size } = fstatSync(descriptor)
    const bytes = Buffer.alloc(Math.min(size, readBytesMax))
    readSync(descriptor, bytes, 0, bytes.length, size - bytes.length)
    const lines = bytes
      .toString('utf8')
      .split('\n')
      .filter(line => line !== '')
    return lines.slice(-count)
  } finally {
    closeSync(descriptor)
  }
}
