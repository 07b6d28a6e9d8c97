import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { quickWords } from '../../src/cli/quick.ts'

export interface Bundle {
  /** File name inside the executable → bytes: `start.cjs`, `main.cjs`, `main.cjs.map`, `quick.cjs`, `worker/<name>.cjs`, `part/<name>.cjs`. */
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
  const options = {
    absWorkingDir: root,
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
  } as const
  const whole = await build({
    ...options,
    entryPoints: {
      start: 'src/start.ts',
      main: 'src/main.ts',
      ...workers,
      ...Object.fromEntries(Object.keys(parts).map(part => [part, part])),
    },
    plugins: [partsPlugin(root)],
  })
  const quick = await build({
    ...options,
    entryPoints: { quick: 'src/main.ts' },
    plugins: [partsPlugin(root), quickPlugin()],
  })
  const prefix = join(root, 'bundle')
  const files = [...whole.outputFiles, ...quick.outputFiles]
    .map(({ path, contents }) => [path.slice(prefix.length + 1), contents] as const)
    .filter(([name]) => name !== 'start.cjs.map')
    .map(([name, contents]) => [name, programs.includes(name) ? asFunction(contents) : contents] as const)
  return { files: new Map(files.sort(([a], [b]) => (a < b ? -1 : 1))), metafile: whole.metafile, commit }
}

/** What `start.ts` chooses from. */
export const programs: readonly string[] = ['main.cjs', 'quick.cjs']

/**
 * The quick program loads its commands with itself, and leaves out what they never import: other commands, and the
 * table of all. esbuild keeps whole whatever is imported dynamically, with all that it imports; of the rest it keeps
 * what is used, a quarter.
 */
function quickPlugin(): Plugin {
  return {
    name: 'quick',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]cli[\\/](?:rooms|commands[\\/].*spec)\.ts$/ }, ({ path }) => ({
        contents: withoutLateImports(readFileSync(path, 'utf8')),
        loader: 'ts',
      }))
    },
  }
}

const quickModules = new Set(['spec', ...quickWords])

/** `import('./search.ts')` as a promise of what the module imports in the usual way; an error where that is left out. */
function withoutLateImports(code: string): string {
  const imports: string[] = []
  const changed = code.replace(/\bimport\('([^']+)'\)/g, (_, path: string) => {
    if (!quickModules.has(basename(path, '.ts')) || path.includes('/memory/')) {
      return `Promise.reject(new Error(${JSON.stringify(`${path} is not in this program`)}))`
    }
    imports.push(`import * as imported${imports.length} from '${path}'`)
    return `Promise.resolve(imported${imports.length - 1})`
  })
  return `${changed}\n${imports.join('\n')}\n`
}

/** The program as `start.ts` calls it: on the same lines, for the source map's sake. */
function asFunction(code: Uint8Array): Uint8Array {
  const text = Buffer.from(code).toString('utf8')
  // esbuild leaves regular expressions, comments and raw templates (all of which become regular expressions) as they
  // are; there an escape says the same.
  const ascii = text.replace(/[^\x00-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return Buffer.from(`(function (exports, require, module) {${ascii}})`)
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
