import { posix, win32 } from 'node:path'

/**
 * Where this person's Postern lives. Pure: the environment comes in, nothing is looked at.
 *
 * An *instance* (`postern`, or `postern-demo` under `--demo`) has its own directories and its own socket, so that
 * nothing done in the demo can reach real mail. That is why POSTERN_*_DIR, which name the real instance's places,
 * are not honoured for any other one.
 */
export interface Paths {
  readonly instance: string
  readonly configDir: string
  readonly configFile: string
  readonly dataDir: string
  readonly logDir: string
  /** Holds the socket. Never below a shared temporary directory: another user could create it first. */
  readonly runtimeDir: string
  readonly socketFile: string
  /** The directory that belongs to the person: what lies above it is not ours to judge. */
  readonly homeDir: string
}

export interface PathsInput {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly instance: string
}

export const defaultInstance = 'postern'
export const demoInstance = 'postern-demo'

export function resolvePaths(input: PathsInput): Paths {
  const { platform, home, instance } = input
  const { join } = platform === 'win32' ? win32 : posix
  const env = instance === defaultInstance ? input.env : withoutOverrides(input.env)
  const native = nativeDirectories(input)
  const configDir = absolute(platform, env.POSTERN_CONFIG_DIR) ?? native.config
  const dataDir = absolute(platform, env.POSTERN_DATA_DIR) ?? native.data
  const logDir = absolute(platform, env.POSTERN_LOG_DIR) ?? native.log
  // Mail that lies elsewhere has a daemon of its own: at the usual socket it would find that of the usual mail.
  const isElsewhere = dataDir !== native.data
  const usual = isElsewhere ? undefined : native.runtime
  const runtimeDir = absolute(platform, env.POSTERN_RUNTIME_DIR) ?? usual ?? join(dataDir, 'run')
  return {
    instance,
    configDir,
    configFile: join(configDir, 'config.toml'),
    dataDir,
    logDir,
    runtimeDir,
    socketFile:
      platform === 'win32' ? `\\\\.\\pipe\\${instance}-${pipeName(dataDir)}` : join(runtimeDir, 'daemon.sock'),
    homeDir: home,
  }
}

interface Native {
  readonly config: string
  readonly data: string
  readonly log: string
  readonly runtime: string | undefined
}

function nativeDirectories({ platform, env, home, instance }: PathsInput): Native {
  if (platform === 'darwin') {
    const support = posix.join(home, 'Library', 'Application Support', instance)
    return { config: support, data: support, log: posix.join(home, 'Library', 'Logs', instance), runtime: undefined }
  }
  if (platform === 'win32') {
    const roaming = absolute(platform, env.APPDATA) ?? win32.join(home, 'AppData', 'Roaming')
    const local = absolute(platform, env.LOCALAPPDATA) ?? win32.join(home, 'AppData', 'Local')
    const data = win32.join(local, instance)
    return { config: win32.join(roaming, instance), data, log: win32.join(data, 'logs'), runtime: undefined }
  }
  const xdg = (name: string, ...fallback: string[]) => absolute(platform, env[name]) ?? posix.join(home, ...fallback)
  const runtime = absolute(platform, env.XDG_RUNTIME_DIR)
  return {
    config: posix.join(xdg('XDG_CONFIG_HOME', '.config'), instance),
    data: posix.join(xdg('XDG_DATA_HOME', '.local', 'share'), instance),
    log: posix.join(xdg('XDG_STATE_HOME', '.local', 'state'), instance),
    runtime: runtime === undefined ? undefined : posix.join(runtime, instance),
  }
}

/** The XDG specification says of relative paths in its variables: invalid, ignore. We hold ours to the same rule. */
function absolute(platform: NodeJS.Platform, path: string | undefined): string | undefined {
  if (path === undefined || path === '') return undefined
  const { isAbsolute, normalize } = platform === 'win32' ? win32 : posix
  return isAbsolute(path) ? normalize(path) : undefined
}

function withoutOverrides(env: PathsInput['env']): PathsInput['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^POSTERN_\w+_DIR$/.test(name)))
}

/** Pipe names share one namespace per machine: the data directory keeps instances of different people apart. */
function pipeName(dataDir: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < dataDir.length; i++) hash = Math.imul(hash ^ dataDir.charCodeAt(i), 0x01000193) >>> 0
  return hash.toString(16).padStart(8, '0')
}
