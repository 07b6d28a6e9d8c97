import { spawnSync } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EXIT } from '#base/failure.ts'
import { readPolicy } from './deny/read.ts'
import { render } from './gate/diagnostic.ts'

/**
 * The one way to add or update a dependency: npm runs under the pinned Node (an older one would silently
 * choose older versions) and takes no release younger than deny.json allows. Only package.json and the
 * lockfile change; nothing is installed before a person has looked at the difference.
 */
const help = `npm run update-dependencies -- [--dev] [--registry URL] [NAME | NAME@VERSION]...

Brings package-lock.json up to date, or adds or moves the packages named, taking only releases that are
as old as age.daysMin of deny.json says. Nothing is installed; look at the difference, then:

  rm -rf node_modules && npm ci
  npm run deny -- --online && npm run audit

  --dev           add to what builds and tests, not to what ships
  --registry URL  ask this registry instead of the one that npm is set to
`

const namePattern = /^(?:@[a-z0-9._~-]+\/)?[a-z0-9._~-]+(?:@[0-9][0-9A-Za-z.+-]*)?$/

const options = {
  dev: { type: 'boolean', default: false },
  registry: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

export interface UpdateRequest {
  readonly root: string
  readonly names: readonly string[]
  readonly dev: boolean
  readonly registry: string | undefined
}

/** @returns the exit code of npm, or a refusal of our own */
export function updateDependencies({ root, names, dev, registry }: UpdateRequest): number {
  const policy = readPolicy(root)
  if (!policy.ok) return refuse(policy.error.map(render).join('\n'))
  const strange = names.filter(name => !namePattern.test(name))
  if (strange.length > 0) return refuse(`not a name, or name@version, of the registry: ${strange.join(', ')}`)
  const command = names.length === 0 ? ['update'] : ['install', '--save-exact', ...(dev ? ['--save-dev'] : [])]
  const caution = ['--package-lock-only', '--ignore-scripts', `--min-release-age=${policy.value.age.daysMin}`]
  const where = registry === undefined ? [] : [`--registry=${registry}`]
  const path = `${dirname(process.execPath)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`
  const { status } = spawnSync('npm', [...command, ...caution, ...where, '--', ...names], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
  })
  return status ?? EXIT.failed
}

function refuse(problem: string): number {
  process.stderr.write(`update-dependencies: ${problem}\n`)
  return EXIT.usage
}

if (import.meta.main) {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const { dev, registry } = values
    if (values.help === true) process.stdout.write(help)
    else process.exitCode = updateDependencies({ root: resolve('.'), names: positionals, dev, registry })
  } catch (cause) {
    process.exitCode = refuse(cause instanceof Error ? cause.message : String(cause))
  }
}
