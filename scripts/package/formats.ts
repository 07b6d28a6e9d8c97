import { readFileSync, writeFileSync } from 'node:fs'
import type { Range } from '../../src/cli/commands/self/manifest.ts'
import { trimElf } from './elf.ts'
import { reserveSignature, sign } from './macho.ts'
import { withoutCertificate } from './pe.ts'
import { type TargetName, targets } from './targets.ts'

/** What differs between executable formats around the injection, in the order in which it happens. */

const signatureIdentifier = 'postern'

/** The pinned Node of a target as it goes into the executable: nothing that runs is changed. */
export function prepareRuntime(target: TargetName, node: Uint8Array): Uint8Array {
  if (targets[target].os === 'linux') return trimElf(node)
  if (targets[target].os === 'win32') return withoutCertificate(node)
  return node // the injection removes the signature of a Mach-O file itself
}

/** After the injection: the place of a signature, where the platform starts nothing without one. */
export function reserveSignatureIn(target: TargetName, file: string): Range | null {
  if (targets[target].os !== 'darwin') return null
  const { signed, signature } = reserveSignature(readFileSync(file), signatureIdentifier)
  writeFileSync(file, signed)
  return signature
}

/** At the very end: the signature is over everything else. */
export function signIn(file: string, signature: Range | null): void {
  if (signature === null) return
  const bytes = readFileSync(file)
  sign(bytes, signatureIdentifier, signature)
  writeFileSync(file, bytes)
}
