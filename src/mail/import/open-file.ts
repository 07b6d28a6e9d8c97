import { closeSync, constants, fstatSync, openSync } from 'node:fs'

export interface OpenFile {
  readonly descriptor: number
  readonly size: number
  readonly modifiedAt: number
}

/**
 * Opens a regular file for reading. A link is not followed and a pipe or device is not waited for, also when it took
 * the place of the file after its folder was read; undefined for such.
 */
export function openFile(path: string): OpenFile | undefined {
  const descriptor = openSync(
    path,
    constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0),
  )
  const stat = fstatSync(descriptor)
  if (stat.isFile()) return { descriptor, size: stat.size, modifiedAt: stat.mtimeMs }
  closeSync(descriptor)
  return undefined
}
