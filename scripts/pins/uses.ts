import type { Code } from '../gate/codes.ts'
import { type Diagnostic, error } from '../gate/diagnostic.ts'
import { textOf, type Value } from './document.ts'
import { pins } from './table.ts'

/** What a `uses:` refers to: a tag can be moved to other code after it was reviewed, a commit cannot. */
export function checkUses(value: Value, file: string): Diagnostic[] {
  const reference = textOf(value) ?? ''
  const finding = (code: Code, message: string): Diagnostic[] => [error(code, message, { file, line: value.line })]
  if (reference.startsWith('./')) return []
  if (reference.startsWith('docker://')) {
    const pinned = /@sha256:[0-9a-f]{64}$/.test(reference)
    return pinned ? [] : finding('container-unpinned', `${reference} is no digest`)
  }
  const [, action, revision] = /^([\w.-]+\/[\w.-]+)(?:\/[\w./-]+)?@(.+)$/.exec(reference) ?? []
  if (action === undefined || revision === undefined || !/^[0-9a-f]{40}$/.test(revision)) {
    return finding('action-unpinned', `${reference} is no commit`)
  }
  const [version] = (value.comment ?? '').split(/\s/)
  if (version === undefined || !/^v\d+\.\d+\.\d+$/.test(version)) {
    return finding('action-version-missing', `${reference} needs its version as a comment, as in “# v1.2.3”`)
  }
  const pin = pins[action]
  if (pin?.commit === revision && pin.version === version) return []
  return finding(
    'action-pin-unknown',
    `${action} ${version} at ${revision.slice(0, 12)} is not in scripts/pins/table.ts`,
  )
}
