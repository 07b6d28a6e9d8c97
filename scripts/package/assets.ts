import { bundle } from './bundle.ts'
import type { TargetName } from './targets.ts'

/** Everything that travels inside the executable of `target`, by name, in a fixed order. */
export async function embeddedFiles(root: string, _target: TargetName): Promise<Map<string, Uint8Array>> {
  const { files } = await bundle(root)
  return new Map(files)
}
