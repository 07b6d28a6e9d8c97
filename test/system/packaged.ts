import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The executable, packaged from this tree for this run. */
    readonly executable: string
  }
}

/** System tests run what a person gets: the executable is built once before them, outside of the tree. */
export default function setup(project: TestProject): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'postern-executable-'))
  const executable = join(directory, 'postern')
  execFileSync(process.execPath, [resolve(import.meta.dirname, '../../scripts/package.ts'), '--out', executable], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  project.provide('executable', executable)
  return () => rmSync(directory, { recursive: true, force: true })
}
