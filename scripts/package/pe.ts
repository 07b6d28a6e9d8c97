/**
 * Removes the Authenticode signature from a Windows executable: it is over the bytes before injection and would be
 * wrong afterwards. The certificate table is the last thing in the file; its directory entry is cleared and it is cut.
 *
 * Source: Microsoft PE/COFF specification, "The Attribute Certificate Table".
 */
export function withoutCertificate(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const header = view.getUint32(0x3c, true)
  if (view.getUint32(header, true) !== 0x4550) throw new Error('not a PE file')
  const optionalHeader = header + 24
  if (view.getUint16(optionalHeader, true) !== 0x20b) throw new Error('not a 64-bit PE file')
  const entry = optionalHeader + 112 + certificateDirectory * 8
  const offset = view.getUint32(entry, true)
  const size = view.getUint32(entry + 4, true)
  if (offset === 0) return file
  if (offset + size !== file.length) throw new Error('the certificate table is not at the end of the file')
  const bare = file.slice(0, offset)
  bare.fill(0, entry, entry + 8)
  return bare
}

const certificateDirectory = 4
