import { describe, expect, test } from 'vitest'
import { type PathsInput, resolvePaths } from '#base/paths.ts'

const linux: PathsInput = { platform: 'linux', env: {}, home: '/home/ann', instance: 'postern' }

describe('on Linux', () => {
  test('directories follow the XDG specification', () => {
    const env = {
      XDG_CONFIG_HOME: '/x/config',
      XDG_DATA_HOME: '/x/data',
      XDG_STATE_HOME: '/x/state',
      XDG_RUNTIME_DIR: '/run/user/7',
    }
    expect(resolvePaths({ ...linux, env })).toMatchObject({
      configFile: '/x/config/postern/config.toml',
      dataDir: '/x/data/postern',
      logDir: '/x/state/postern',
      socketFile: '/run/user/7/postern/daemon.sock',
    })
  })

  test('without variables they lie in the home directory', () => {
    expect(resolvePaths(linux)).toMatchObject({
      configDir: '/home/ann/.config/postern',
      dataDir: '/home/ann/.local/share/postern',
      logDir: '/home/ann/.local/state/postern',
    })
  })

  test('without a runtime directory the socket lies in the data directory, never in a shared temporary one', () => {
    expect(resolvePaths({ ...linux, env: { TMPDIR: '/tmp' } }).socketFile).toBe(
      '/home/ann/.local/share/postern/run/daemon.sock',
    )
  })

  test('a relative path in a variable is invalid and ignored', () => {
    expect(resolvePaths({ ...linux, env: { XDG_DATA_HOME: 'data', POSTERN_CONFIG_DIR: './c' } })).toMatchObject({
      dataDir: '/home/ann/.local/share/postern',
      configDir: '/home/ann/.config/postern',
    })
  })

  test('POSTERN_*_DIR name places directly', () => {
    expect(resolvePaths({ ...linux, env: { POSTERN_DATA_DIR: '/d/../e' } }).dataDir).toBe('/e')
  })
})

test('the demo never lives where the real instance is told to', () => {
  const env = {
    POSTERN_DATA_DIR: '/real',
    POSTERN_CONFIG_DIR: '/real',
    POSTERN_RUNTIME_DIR: '/real',
    POSTERN_LOG_DIR: '/real',
  }
  const { homeDir: _, instance: __, ...places } = resolvePaths({ ...linux, env, instance: 'postern-demo' })
  for (const place of Object.values(places)) {
    expect(place).toContain('postern-demo')
    expect(place).not.toContain('/real')
  }
})

test('macOS uses Library', () => {
  expect(resolvePaths({ ...linux, platform: 'darwin', home: '/Users/ann' })).toMatchObject({
    configFile: '/Users/ann/Library/Application Support/postern/config.toml',
    logDir: '/Users/ann/Library/Logs/postern',
    socketFile: '/Users/ann/Library/Application Support/postern/run/daemon.sock',
  })
})

test('Windows uses AppData and a named pipe of its own', () => {
  const paths = resolvePaths({ ...linux, platform: 'win32', home: 'C:\\Users\\ann', env: { APPDATA: 'D:\\Roaming' } })
  expect(paths.configFile).toBe('D:\\Roaming\\postern\\config.toml')
  expect(paths.dataDir).toBe('C:\\Users\\ann\\AppData\\Local\\postern')
  expect(paths.socketFile).toMatch(/^\\\\\.\\pipe\\postern-[0-9a-f]{8}$/)
  const other = resolvePaths({ ...linux, platform: 'win32', home: 'C:\\Users\\bob' })
  expect(other.socketFile).not.toBe(paths.socketFile)
})
