import { readFileSync } from 'node:fs'
import { Failure } from '#base/failure.ts'
import { checkNotWritableByOthers } from '#base/private-directory.ts'

const fileBytesMax = 1024 * 1024

/** The file's text; undefined when there is none. */
export function readConfigFile(file: string): string | undefined {
  try {
    const bytes = readFileSync(file)
    checkNotWritableByOthers(file)
    if (bytes.length > fileBytesMax)
      throw new Failure('usage', 'config_too_large', `${file} is larger than ${fileBytesMax} bytes`)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    if (isNodeError(cause) && cause.code === 'ENOENT') return undefined
    if (cause instanceof TypeError)
      throw new Failure('usage', 'config_not_utf8', `${file} is not UTF-8 text`, { cause })
    throw new Failure(
      'failed',
      'config_unreadable',
      `cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}

function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error
}
