import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'

/**
 * What must survive the loss of power.
 *
 * Node's permission model, under which the packaged program runs, denies fsync and fdatasync altogether. There a file
 * is opened with `durable()` among its flags and written through: a write returns when its bytes, the file's length
 * and, for a new file, its entry are on the disk. Without the permission model `syncFile` does the same once for many
 * writes. Callers do both and need not know which of them counts.
 */

const isDenied = process.permission !== undefined

/** Windows has no constant for it in Node; libuv understands this one as FILE_FLAG_WRITE_THROUGH. */
const writeThrough = constants.O_SYNC ?? 0x0800_0000

/** Among the flags of every file that `syncFile` is called for. */
export function durable(): number {
  return isDenied ? writeThrough : 0
}

/** After the writes: what was written is on the disk. */
export function syncFile(descriptor: number): void {
  if (!isDenied) fsyncSync(descriptor)
}

/** The same without the times of the file, which nobody needs for reading it. */
export function syncFileData(descriptor: number): void {
  if (!isDenied) fdatasyncSync(descriptor)
}

/** Cuts a file that is open for reading and writing. The new length is on the disk when this returns. */
export function truncateDurably(descriptor: number, size: number): void {
  ftruncateSync(descriptor, size)
  if (isDenied) touch(descriptor, size)
  else fsyncSync(descriptor)
}

/** Makes the names in a directory durable. Where that is denied, the first write to a new file has done it. */
export function syncDirectory(path: string): void {
  if (isDenied || process.platform === 'win32') return // Windows cannot open a directory, and need not
  const descriptor = openSync(path, constants.O_RDONLY)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * After a rename to `path`, in `directory`: the new name is on the disk. Where directories cannot be synced, writing
 * the last byte of the file once more does it: file systems with a journal order the rename before that write.
 */
export function syncRenamed(path: string, directory: string): void {
  if (!isDenied) {
    syncDirectory(directory)
    return
  }
  const descriptor = openSync(path, constants.O_RDWR | writeThrough | (constants.O_NOFOLLOW ?? 0))
  try {
    touch(descriptor, fstatSync(descriptor).size)
  } finally {
    closeSync(descriptor)
  }
}

/** Writes the last byte once more, through to the disk. An empty file has nothing by which to do that. */
function touch(descriptor: number, size: number): void {
  const last = Buffer.alloc(1)
  if (size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1) writeSync(descriptor, last, 0, 1, size - 1)
}
