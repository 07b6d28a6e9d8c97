import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { Failure } from '#base/failure.ts'

const outputBytesMax = 64 * 1024 * 1024
const tool = resolve(import.meta.dirname, '../../node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js')

const componentSchema = v.looseObject({
  'bom-ref': v.string(),
  type: v.string(),
  group: v.optional(v.string()),
  name: v.string(),
  version: v.string(),
  properties: v.optional(v.array(v.object({ name: v.string(), value: v.string() })), []),
})

const rawSchema = v.looseObject({
  metadata: v.looseObject({ component: componentSchema }),
  components: v.optional(v.array(componentSchema), []),
  dependencies: v.array(v.object({ ref: v.string(), dependsOn: v.optional(v.array(v.string()), []) })),
})

export type RawComponent = v.InferOutput<typeof componentSchema>
export type RawSbom = v.InferOutput<typeof rawSchema>

/** What cyclonedx-npm makes of the lockfile under `root`: everything but development dependencies, flat. */
export async function runCyclonedx(root: string): Promise<RawSbom> {
  const options = ['--package-lock-only', '--omit', 'dev', '--flatten-components', '--output-reproducible']
  const format = ['--spec-version', '1.6', '--output-format', 'JSON', '--output-file', '-']
  const manifest = resolve(root, 'package.json')
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [tool, ...options, ...format, '--', manifest], {
      cwd: root,
      maxBuffer: outputBytesMax,
    })
    return v.parse(rawSchema, JSON.parse(stdout))
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause)
    throw new Failure('failed', 'tool-failed', `cyclonedx-npm: ${said}`, { cause })
  }
}

/** `name@version` of a component, with its scope. */
export function nameAndVersion({ group, name, version }: RawComponent): string {
  return `${group === undefined ? '' : `${group}/`}${name}@${version}`
}

/** Where the lockfile has a component. */
export function lockPathOf(component: RawComponent): string {
  const property = component.properties.find(({ name }) => name === 'cdx:npm:package:path')
  if (property === undefined)
    throw new Failure('failed', 'tool-failed', `${component.name}: the SBOM tool names no path`)
  return property.value
}
