import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { readImports, sourceFiles } from './arrows/imports.ts'
import { judgeArrows } from './arrows/judge.ts'
import { type Gate, runGate, type Verdict } from './gate/command.ts'

/**
 * Keeps the arrows between the rooms of src pointing one way, and the files of a room out of circles.
 * scripts, test and bench may import anything of src; src imports nothing of them.
 */
export const arrowsGate: Gate = {
  name: 'arrows',
  help: `node scripts/arrows.ts [--json] [DIR]

Holds the imports of DIR/src against the table of rooms in scripts/arrows/rooms.ts.

  --json  findings as JSON
`,
  run: async ({ root }) => checkArrows(resolve(root)),
}

const manifestSchema = v.object({ dependencies: v.optional(v.record(v.string(), v.string()), {}) })

export async function checkArrows(root: string): Promise<Verdict> {
  const manifest = v.parse(manifestSchema, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  const files = new Set(sourceFiles(root, 'src'))
  const imports = await readImports(root, 'src')
  const diagnostics = judgeArrows({ files, imports, shipped: new Set(Object.keys(manifest.dependencies)) })
  return { diagnostics, summary: `${imports.length} imports of ${files.size} files` }
}

if (import.meta.main) await runGate(arrowsGate, process.argv.slice(2))
