import { trimElf } from './elf.ts'
import { withoutCertificate } from './pe.ts'
import { type TargetName, targets } from './targets.ts'

/** The pinned Node of a target as it goes into the executable: nothing that runs is changed. */
export function prepareRuntime(target: TargetName, node: Uint8Array): Uint8Array {
  if (targets[target].os === 'linux') return trimElf(node)
  if (targets[target].os === 'win32') return withoutCertificate(node)
  return node
}

export function signatureOf(_target: TargetName, _file: string): null {
  return null
}
