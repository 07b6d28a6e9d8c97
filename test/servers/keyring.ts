import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { start } from './process.ts'

export interface Keyring {
  /** What a program needs to reach it; everything else is left as it is. */
  readonly env: Readonly<Record<string, string>>
  readonly directory: string
  readonly pids: readonly number[]
  stop(): Promise<void>
}

let started = 0

/** A D-Bus session with a secret service whose keyring is open and empty. */
export async function startKeyring(parent: string): Promise<Keyring> {
  const directory = join(parent, `keyring-${++started}`)
  for (const name of ['home', 'run', 'data']) mkdirSync(join(directory, name), { recursive: true, mode: 0o700 })
  const socket = join(directory, 'bus')
  const env = {
    HOME: join(directory, 'home'),
    XDG_RUNTIME_DIR: join(directory, 'run'),
    XDG_DATA_HOME: join(directory, 'data'),
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}`,
  }
  const all = { PATH: process.env.PATH ?? '', ...env }
  const config = join(directory, 'bus.conf')
  // Nothing is started on demand: a client that comes early would start a second keyring, which nobody can open.
  writeFileSync(
    config,
    `<busconfig><type>session</type><listen>unix:path=${socket}</listen><policy context="default">
     <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
  )
  const busArgs = [`--config-file=${config}`, '--nofork', '--nopidfile']
  const bus = await start({ file: 'dbus-daemon', args: busArgs, directory, env: all }, async () => existsSync(socket))
  const keyring = await start(
    {
      file: 'gnome-keyring-daemon',
      args: ['--foreground', '--unlock', '--components=secrets'],
      directory,
      env: all,
      input: 'opens the keyring of the tests',
    },
    async () => spawnSync('secret-tool', ['search', 'postern', 'none'], { env: all, stdio: 'ignore' }).status === 0,
  )
  return {
    env,
    directory,
    pids: [keyring.pid, bus.pid],
    stop: async () => {
      await keyring.stop()
      await bus.stop()
    },
  }
}
