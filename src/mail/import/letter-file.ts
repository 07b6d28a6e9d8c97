import { Buffer } from 'node:buffer'
import { closeSync, readSync } from 'node:fs'
import { FLAG } from '../store/incoming.ts'
import { type OpenFile, openFile } from './open-file.ts'
import { type Found, type Quoting, reasonOf, type Trouble, trouble } from './source.ts'

/** What one message may measure; SQLite could hold four times as much, memory could not. */
const messageBytesMax = 256 * 1024 * 1024

export interface Letter {
  readonly raw: Uint8Array
  /** Bits of `FLAG`. */
  readonly flags: number
  /** The person had deleted it, and the file had not been tidied up since. */
  readonly isDeleted: boolean
  /** When the file was last written, ms since the epoch; undefined for a message of an mbox. */
  readonly modifiedAt: number | undefined
}

const slabBytes = 8 * 1024 * 1024

/**
 * Reads messages; keeps the last mbox open, since its messages come one after the other. They are read into memory
 * that is used again after `reuse`: a buffer for each would keep the garbage collector busy.
 */
export class LetterReader {
  #path = ''
  #open: OpenFile | undefined
  #slabs = [Buffer.allocUnsafeSlow(slabBytes)]
  #slab = 0
  #used = 0

  read(found: Found): Letter | Trouble {
    try {
      return found.range === undefined ? this.#whole(found) : this.#piece(found, found.range)
    } catch (thrown) {
      return trouble(found.path, 'file_unreadable', `this message cannot be read: ${reasonOf(thrown)}`)
    }
  }

  /** The letters read so far are done with: the next ones are written over them. */
  reuse(): void {
    this.#slab = 0
    this.#used = 0
  }

  close(): void {
    if (this.#open !== undefined) closeSync(this.#open.descriptor)
    this.#open = undefined
    this.#path = ''
  }

  #whole({ path, flags }: Found): Letter | Trouble {
    const file = openFile(path)
    if (file === undefined) return trouble(path, 'not_a_file', 'neither a file nor a folder: it is not opened')
    try {
      const raw = this.#bytes(path, file, { start: 0, end: file.size })
      return raw instanceof Uint8Array ? { raw, flags, isDeleted: false, modifiedAt: file.modifiedAt } : raw
    } finally {
      closeSync(file.descriptor)
    }
  }

  #piece({ path, quoting = 'none' }: Found, range: { start: number; end: number }): Letter | Trouble {
    if (this.#path !== path || this.#open === undefined) {
      this.close()
      this.#open = openFile(path)
      this.#path = path
    }
    if (this.#open === undefined) return trouble(path, 'not_a_file', 'neither a file nor a folder: it is not opened')
    const quoted = this.#bytes(path, this.#open, range)
    if (!(quoted instanceof Uint8Array)) return quoted
    return { raw: unquote(quoted, quoting), ...statusOf(quoted), modifiedAt: undefined }
  }

  #bytes(path: string, { descriptor }: OpenFile, { start, end }: { start: number; end: number }): Buffer | Trouble {
    if (end - start > messageBytesMax) {
      return trouble(path, 'message_too_large', `a message of more than ${messageBytesMax / 1024 / 1024} MB`)
    }
    if (end <= start) return trouble(path, 'message_empty', 'an empty message')
    const bytes = this.#room(end - start)
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(descriptor, bytes, done, bytes.length - done, start + done)
      if (read === 0) return trouble(path, 'file_changed', 'it became shorter while it was read')
      done += read
    }
    return bytes
  }

  #room(length: number): Buffer {
    if (length > slabBytes / 2) return Buffer.allocUnsafeSlow(length)
    if (this.#used + length > slabBytes) {
      this.#slab++
      this.#used = 0
    }
    const slab = this.#slabs[this.#slab] ?? Buffer.allocUnsafeSlow(slabBytes)
    this.#slabs[this.#slab] = slab
    this.#used += length
    return slab.subarray(this.#used - length, this.#used)
  }
}

/** Takes back what the mbox did to lines that begin with "From ". */
export function unquote(raw: Buffer, quoting: Quoting): Buffer {
  if (quoting === 'none' || !raw.includes('>From ')) return raw
  const text = raw.toString('latin1')
  const plain = quoting === 'one' ? text.replace(/\n>From /g, '\nFrom ') : text.replace(/\n>(>*From )/g, '\n$1')
  return Buffer.from(plain, 'latin1')
}

const headerBytesMax = 1 << 16

/** What mail programs of an mbox keep in the header: Status, X-Status, Mozilla's hexadecimal X-Mozilla-Status. */
export function statusOf(raw: Buffer): { flags: number; isDeleted: boolean } {
  const blank = raw.indexOf('\n\n')
  const blankAfterReturn = raw.indexOf('\n\r\n')
  const ends = [blank, blankAfterReturn].filter(at => at >= 0)
  const header = `\n${raw.toString('latin1', 0, Math.min(headerBytesMax, raw.length, ...ends.map(at => at + 1)))}`
  let letters = ''
  for (const found of header.matchAll(/\n(?:X-)?Status[ \t]*:[ \t]*([A-Za-z]{0,10})/gi)) letters += found[1]
  let flags = 0
  if (letters.includes('R')) flags |= FLAG.read
  if (letters.includes('F')) flags |= FLAG.starred
  if (letters.includes('A')) flags |= FLAG.answered
  if (letters.includes('T')) flags |= FLAG.draft
  const mozilla = Number.parseInt(/\nX-Mozilla-Status[ \t]*:[ \t]*([0-9a-f]{4})/i.exec(header)?.[1] ?? '0', 16)
  if ((mozilla & 0x1) !== 0) flags |= FLAG.read
  if ((mozilla & 0x2) !== 0) flags |= FLAG.answered
  if ((mozilla & 0x4) !== 0) flags |= FLAG.starred
  return { flags, isDeleted: (mozilla & 0x8) !== 0 || letters.includes('D') }
}
