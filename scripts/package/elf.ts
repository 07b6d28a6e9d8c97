/**
 * Leaves out of an ELF file what the loader never reads: debug information and the symbol table (a fifth of Node).
 *
 * Done here rather than by `strip`, because the artefact must come out the same on every machine, and two versions
 * of binutils do not write the same bytes. Code and data stay byte for byte what the registry delivered.
 * It must happen before the blob is injected: afterwards the program headers lie elsewhere.
 *
 * Source: System V ABI, chapter 4 (object files), ELF-64 object file format.
 */
export function trimElf(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const isElf64LittleEndian = view.getUint32(0) === 0x7f454c46 && file[4] === 2 && file[5] === 1
  if (!isElf64LittleEndian) throw new Error('not a 64-bit little-endian ELF file')
  const sections = readSections(view)
  const names = sections[view.getUint16(headerOffset.sectionNamesIndex, true)]
  if (names === undefined) throw new Error('ELF file without section names')

  const kept = sections.filter(section => section.type === 0 || (section.flags & flagAllocated) !== 0n)
  const dataEnd = Math.max(...kept.map(section => (section.type === typeNoBits ? 0 : section.offset + section.size)))
  const dropped = sections.filter(section => !kept.includes(section))
  if (dropped.some(section => section.offset < dataEnd))
    throw new Error('ELF file with debug data between its segments')

  const newNames = nameTable([...kept.map(section => nameOf(file, names, section)), '.shstrtab'])
  const namesAt = dataEnd
  const tableAt = Math.ceil((namesAt + newNames.bytes.length) / 8) * 8
  const trimmed = new Uint8Array(tableAt + (kept.length + 1) * sectionHeaderSize)
  trimmed.set(file.subarray(0, dataEnd))
  trimmed.set(newNames.bytes, namesAt)

  const out = new DataView(trimmed.buffer)
  kept.forEach((section, index) => {
    const at = tableAt + index * sectionHeaderSize
    trimmed.set(section.header, at)
    out.setUint32(at, newNames.offsets[index] ?? 0, true)
    const link = kept.indexOf(sections[section.link] ?? section)
    out.setUint32(at + 40, section.link === 0 || link < 0 ? 0 : link, true)
  })
  const namesHeader = tableAt + kept.length * sectionHeaderSize
  out.setUint32(namesHeader, newNames.offsets[kept.length] ?? 0, true)
  out.setUint32(namesHeader + 4, typeStringTable, true)
  out.setBigUint64(namesHeader + 24, BigInt(namesAt), true)
  out.setBigUint64(namesHeader + 32, BigInt(newNames.bytes.length), true)
  out.setBigUint64(namesHeader + 48, 1n, true)

  out.setBigUint64(headerOffset.sectionTable, BigInt(tableAt), true)
  out.setUint16(headerOffset.sectionCount, kept.length + 1, true)
  out.setUint16(headerOffset.sectionNamesIndex, kept.length, true)
  return trimmed
}

const headerOffset = { sectionTable: 40, sectionCount: 60, sectionNamesIndex: 62 } as const
const sectionHeaderSize = 64
const typeStringTable = 3
const typeNoBits = 8
const flagAllocated = 2n

interface Section {
  readonly header: Uint8Array
  readonly name: number
  readonly type: number
  readonly flags: bigint
  readonly offset: number
  readonly size: number
  readonly link: number
}

function readSections(view: DataView): Section[] {
  const tableAt = Number(view.getBigUint64(headerOffset.sectionTable, true))
  const count = view.getUint16(headerOffset.sectionCount, true)
  return Array.from({ length: count }, (_, index) => {
    const at = tableAt + index * sectionHeaderSize
    return {
      header: new Uint8Array(view.buffer, view.byteOffset + at, sectionHeaderSize),
      name: view.getUint32(at, true),
      type: view.getUint32(at + 4, true),
      flags: view.getBigUint64(at + 8, true),
      offset: Number(view.getBigUint64(at + 24, true)),
      size: Number(view.getBigUint64(at + 32, true)),
      link: view.getUint32(at + 40, true),
    }
  })
}

function nameOf(file: Uint8Array, names: Section, section: Section): string {
  const start = names.offset + section.name
  return Buffer.from(file.subarray(start, file.indexOf(0, start))).toString('latin1')
}

function nameTable(names: readonly string[]): { bytes: Uint8Array; offsets: number[] } {
  const offsets: number[] = []
  let text = '\0'
  for (const name of names) {
    offsets.push(name === '' ? 0 : text.length)
    if (name !== '') text += `${name}\0`
  }
  return { bytes: Buffer.from(text, 'latin1'), offsets }
}
