import childProcess from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

/**
 * Puts a program into a Node executable with @yao-pkg/pkg, through its simple SEA mode.
 *
 * pkg's command line ignores `seaConfig` (no options inside the executable, no named assets), and its
 * enhanced mode embeds the name of a random directory. The function behind it honours the configuration and, given a
 * path to Node, downloads nothing. Three things are missing for identical bytes from any machine: V8 must not draw its
 * hash seed at random while it makes the code cache, the path of the program must not be embedded, and the generator
 * must be a Node that runs here, also when the executable is for another platform. pkg starts the generator through
 * `child_process.execFile`, so that is wrapped while pkg runs; a call that is not known here fails the build, because
 * it means that pkg has changed.
 *
 * @returns the blob that was injected
 */
export async function makeExecutable(job: SeaJob): Promise<Uint8Array> {
  const generated: { blob?: Uint8Array } = {}
  const restore = wrapGenerator(job, generated)
  const silence = muteProgress()
  try {
    const { default: sea } = freshly('@yao-pkg/pkg/lib-es5/sea.js') as { default: Sea }
    await sea(job.main, {
      targets: [
        {
          nodeRange: `node${job.nodeVersion.split('.')[0]}`,
          platform: job.platform,
          arch: job.arch,
          output: job.output,
        },
      ],
      nodePath: job.runtime,
      seaConfig: {
        disableExperimentalSEAWarning: true,
        useCodeCache: job.codeCache,
        execArgv: [
          ...runtimeFlags,
          ...(job.platform === 'win' ? ['--openssl-config=nul'] : ['--openssl-config=/dev/null']),
        ],
        execArgvExtension: 'none',
        assets: job.assets,
      },
    })
    if (generated.blob === undefined) throw new Error('pkg made an executable without generating a blob')
    return generated.blob
  } finally {
    silence()
    restore()
  }
}

export interface SeaJob {
  /** The program's one file. */
  readonly main: string
  /** Name → file. */
  readonly assets: Readonly<Record<string, string>>
  /** The target's Node, prepared for injection. */
  readonly runtime: string
  readonly nodeVersion: string
  readonly platform: 'linux' | 'macos' | 'win'
  readonly arch: string
  /** Absolute. */
  readonly output: string
  /** Fits the platform that made it. Without it NODE_COMPILE_CACHE would have a say in what runs first. */
  readonly codeCache: boolean
}

/**
 * What the packaged program runs under, unchangeable from outside: `execArgvExtension: 'none'` makes Node ignore
 * NODE_OPTIONS. The permission model is on with what commands need; it denies native add-ons, FFI, WASI and the
 * inspector, and lets each command drop the rest (src/base/permissions.ts). OpenSSL reads no configuration: that could
 * name a module to load. V8 gets one helper thread: starting four costs a short command as much as finding mail does.
 */
export const runtimeFlags = [
  '--disable-sigusr1',
  '--v8-pool-size=1',
  '--permission',
  '--allow-fs-read=*',
  '--allow-fs-write=*',
  '--allow-net',
  '--allow-worker',
  '--allow-child-process',
  '--disallow-code-generation-from-strings',
  '--disable-proto=delete',
  '--disable-warning=PERM0001',
  '--disable-warning=PERM0002',
  '--disable-warning=PERM0006',
  '--disable-warning=ExperimentalWarning',
] as const

/** V8 rejects a code cache that was made under other flags than it is used under. */
export const generatorFlags = [
  '--random-seed=42',
  ...runtimeFlags.filter(flag => !flag.startsWith('--disable-warning')),
]

type Sea = (main: string, options: object) => Promise<void>
type ExecFile = (file: string, args: readonly string[], options?: object) => Promise<{ stdout: string; stderr: string }>

/** pkg keeps the `execFile` that it finds when it is loaded: it must be loaded anew for every wrapper. */
function freshly(module: string): unknown {
  const require = createRequire(import.meta.url)
  delete require.cache[require.resolve(module)]
  return require(module)
}

function wrapGenerator(job: SeaJob, generated: { blob?: Uint8Array }): () => void {
  const original = childProcess.execFile
  const run: ExecFile = promisify(original)
  const wrapped: ExecFile = async (file, args, options) => {
    const [flag, config] = args
    if (file === job.runtime && flag === '--version' && config === undefined) {
      return { stdout: `v${job.nodeVersion}\n`, stderr: '' } // a foreign executable cannot be asked
    }
    if (flag !== '--experimental-sea-config' || config === undefined || args.length !== 2) {
      throw new Error(`pkg wants to run ${file} ${args.join(' ')}: its way of making executables has changed`)
    }
    const blob = withRelativePaths(config)
    const result = await run(process.execPath, [...generatorFlags, ...args], { ...options, cwd: dirname(config) })
    generated.blob = readFileSync(blob)
    return result
  }
  const replacement = () => {
    throw new Error('pkg calls execFile with a callback: its way of making executables has changed')
  }
  childProcess.execFile = Object.assign(replacement, { [promisify.custom]: wrapped }) as unknown as typeof original
  return () => {
    childProcess.execFile = original
  }
}

/**
 * The blob and the code cache embed the path of `main` as the configuration spells it: a bare name is the same
 * everywhere.
 *
 * @returns where the generator writes the blob
 */
function withRelativePaths(configFile: string): string {
  const config: { main: string; output: string } = JSON.parse(readFileSync(configFile, 'utf8'))
  const main = basename(config.main)
  writeFileSync(join(dirname(configFile), main), readFileSync(config.main))
  writeFileSync(configFile, JSON.stringify({ ...config, main }))
  return config.output
}

/** pkg tells its progress on stdout; ours carries only what was built. */
function muteProgress(): () => void {
  const { log } = console
  console.log = () => {}
  return () => {
    console.log = log
  }
}
