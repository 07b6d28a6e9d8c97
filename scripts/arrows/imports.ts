import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

export type ImportKind = 'value' | 'type' | 'lazy'

export interface Import {
  /** The file that imports, relative to the root, with slashes. */
  readonly from: string
  /** As it is written. */
  readonly specifier: string
  readonly kind: ImportKind
}

/** A type-only import or export, which esbuild drops before it can be asked. */
const typeImport = /^[ \t]*(?:import|export)\s+type\b[^'";]*?from\s*(['"])([^'"]+)\1/gm
/** An `import('…')` in the place of a type: not awaited, not called with `then`. */
const typeQuery =
  /(?<=[:<|&(=,[]\s*|\bextends\s+)(?:typeof\s+)?import\(\s*(['"])([^'"]+)\1\s*\)(?=\s*(?:\.\s*[A-Z]|\[|>|;|$))/gm

/** Every import of every source file under `directory`: those that run by esbuild, those of types by their form. */
export async function readImports(root: string, directory: string): Promise<Import[]> {
  const files = sourceFiles(root, directory)
  const values = await valueImports(root, files)
  const types = files.flatMap(from => {
    const text = readFileSync(join(root, from), 'utf8')
    return [...text.matchAll(typeImport), ...text.matchAll(typeQuery)].map(([, , specifier]): Import => {
      return { from, specifier: specifier ?? '', kind: 'type' }
    })
  })
  return [...values, ...types]
}

export function sourceFiles(root: string, directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true, recursive: true })
    .filter(item => item.isFile() && /\.[cm]?[jt]sx?$/.test(item.name))
    .map(item => join(item.parentPath, item.name).slice(join(root, '/').length).replaceAll('\\', '/'))
    .sort()
}

/** esbuild reads each file and is told of everything else that it is elsewhere; it then lists what it was asked for. */
async function valueImports(root: string, files: readonly string[]): Promise<Import[]> {
  if (files.length === 0) return []
  const { metafile } = await build({
    entryPoints: [...files],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'nowhere',
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [
      {
        name: 'elsewhere',
        setup: ({ onResolve }) => {
          onResolve({ filter: /.*/ }, ({ kind, path }) =>
            kind === 'entry-point' ? undefined : { path, external: true },
          )
        },
      },
    ],
  })
  return Object.entries(metafile.inputs).flatMap(([from, { imports }]) => {
    return imports.map(
      ({ path, kind }): Import => ({ from, specifier: path, kind: kind === 'dynamic-import' ? 'lazy' : 'value' }),
    )
  })
}
