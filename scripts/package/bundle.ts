import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'

export interface Bundle {
  /** File name inside the executable → bytes: `main.cjs`, `main.cjs.map`, `worker/<name>.cjs`, `part/<name>.cjs`. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly metafile: Metafile
  /** What is built: see {@link commitOf}. */
  readonly commit: string
}

/** Code that runs in a worker thread: bundled on its own and handed to `new Worker(…, { eval: true })`. */
const workers: Readonly<Record<string, string>> = {
  'worker/import': 'src/mail/import/worker.ts',
  'worker/sync': 'src/mail/sync/worker.ts',
  'worker/store': 'src/daemon/store/worker.ts',
}

/**
 * Libraries that few commands need, each in an asset of its own that is loaded when it is first imported: start-up is
 * paid by every call, and grows with the bundle.
 */
const parts: Readonly<Record<string, string>> = {
  'part/imapflow': 'imapflow',
  'part/smtp-connection': 'nodemailer/lib/smtp-connection',
}

/**
 * The program as one CommonJS file: in an executable `require` resolves Node's own modules only, so that nothing that
 * lies beside the file can become part of the program (an ES module with `createRequire` would load a planted
 * `node_modules`). Not minified: an uncaught error prints its whole line, and a reader of the file should see code.
 */
export async function bundle(root: string): Promise<Bundle> {
  const manifest: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const commit = commitOf(root)
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'src/main.ts',
      ...workers,
      ...Object.fromEntries(Object.keys(parts).map(part => [part, part])),
    },
    plugins: [partsPlugin(root)],
    outdir: 'bundle',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node26',
    format: 'cjs',
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    charset: 'utf8',
    preserveSymlinks: true,
    define: {
      POSTERN_BUILD: JSON.stringify({ version: manifest.version, commit }),
      'import.meta.url': '"file:///postern"',
    },
    logLevel: 'warning',
  })
  const prefix = join(root, 'bundle')
  const files = outputFiles.map(({ path, contents }) => [path.slice(prefix.length + 1), contents] as const)
  return { files: new Map(files.sort(([a], [b]) => (a < b ? -1 : 1))), metafile, commit }
}

/** An import of a library that is a part becomes a call that loads it; the part itself is bundled from the library. */
function partsPlugin(root: string): Plugin {
  const partOf = new Map(Object.entries(parts).map(([part, library]) => [library, part]))
  return {
    name: 'parts',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^part\// }, ({ path }) =>
        resolve(parts[path] ?? path, { kind: 'require-call', resolveDir: root, pluginData: 'part' }),
      )
      onResolve({ filter: /^(?:imapflow|nodemailer\/lib\/smtp-connection)$/ }, ({ path, pluginData }) => {
        const part = partOf.get(path)
        return part === undefined || pluginData === 'part' ? undefined : { path: part, namespace: 'part' }
      })
      onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
        contents: `module.exports = require('./part.ts').loadPart(${JSON.stringify(path)})`,
        resolveDir: join(root, 'src', 'base'),
      }))
    },
  }
}

/** The commit that is built; `-changed` says that the working tree was not what the commit holds. */
function commitOf(root: string): string {
  const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim()
  try {
    const changed = git('status', '--porcelain') !== ''
    return `${git('rev-parse', 'HEAD')}${changed ? '-changed' : ''}`
  } catch {
    return 'unknown' // a source archive without its history
  }
}
