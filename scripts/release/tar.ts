import { gzipSync } from 'node:zlib'

/** A file of an archive; the path is relative, with slashes. */
export interface Member {
  readonly path: string
  readonly content: Uint8Array
  readonly executable: boolean
}

const blockBytes = 512
const pathBytesMax = 100

/**
 * A tar.gz (POSIX ustar) whose bytes depend on names and contents alone: members sorted, owned by nobody,
 * dated to the epoch, and no trace of the machine in gzip's header.
 */
export function tarball(members: readonly Member[]): Buffer {
  const sorted = [...members].sort((a, b) => (a.path < b.path ? -1 : 1))
  const blocks = sorted.flatMap(member => [header(member), padded(member.content)])
  const compressed = gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]), { level: 9 })
  compressed[9] = 255 // RFC 1952: the operating system is unknown
  return compressed
}

function header({ path, content, executable }: Member): Buffer {
  if (Buffer.byteLength(path) > pathBytesMax) throw new RangeError(`${path}: longer than ${pathBytesMax} bytes`)
  const block = Buffer.alloc(blockBytes)
  block.write(path, 0)
  block.write(octal(executable ? 0o755 : 0o644, 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(content.length, 12), 124)
  block.write(octal(0, 12), 136)
  block.write(' '.repeat(8), 148) // the checksum is taken with blanks in its own place
  block.write('0', 156)
  block.write('ustar\0' + '00', 257, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`
}

function padded(content: Uint8Array): Buffer {
  const rest = content.length % blockBytes
  return Buffer.concat([content, Buffer.alloc(rest === 0 ? 0 : blockBytes - rest)])
}
