import type { ContentKind } from './policy.ts'

/**
 * What a file is, by its first bytes rather than by its name: a name can be chosen to look harmless.
 * WebAssembly is not among the kinds: it runs inside V8's sandbox, without a right that JavaScript lacks.
 */
export type FileKind = ContentKind

/** As many first bytes as `kindOf` wants to see: a tar header names itself at offset 257. */
export const headBytes = 265

const executables = [
  '7f454c46', // ELF
  'feedface', // Mach-O, 32 bits
  'feedfacf', // Mach-O, 64 bits
  'cefaedfe', // Mach-O, 32 bits, little endian
  'cffaedfe', // Mach-O, 64 bits, little endian
  'cafebabe', // Mach-O for several processors; Java classes begin alike and are refused alike
  'bebafeca',
]

const archives = [
  '504b0304', // zip, jar
  '504b0506', // zip without a file
  '1f8b', // gzip
  'fd377a585a00', // xz
  '425a68', // bzip2
  '28b52ffd', // zstd
  '377abcaf271c', // 7z
  '52617221', // rar
  '213c617263683e', // ar, deb
]

export function kindOf(name: string, head: Buffer): FileKind | undefined {
  const hex = head.toString('hex', 0, 8)
  const runs = executables.some(magic => hex.startsWith(magic)) || isWindowsProgram(head)
  if (name.toLowerCase().endsWith('.node')) return 'native-addon'
  if (runs) return 'executable-file'
  if (archives.some(magic => hex.startsWith(magic)) || isTar(head)) return 'archive-file'
  return undefined
}

/** Text may begin with MZ too; a program has a header of at least 64 bytes with zeros in it. */
function isWindowsProgram(head: Buffer): boolean {
  return head.length >= 64 && head.toString('latin1', 0, 2) === 'MZ' && head.subarray(0, 64).includes(0)
}

/** POSIX writes a zero after the word, GNU two spaces; a program that merely mentions tar writes neither. */
function isTar(head: Buffer): boolean {
  return ['ustar\0', 'ustar '].includes(head.toString('latin1', 257, 263)) && head.subarray(0, 100).includes(0)
}
