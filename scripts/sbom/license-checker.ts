import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { Failure } from '#base/failure.ts'

const outputBytesMax = 64 * 1024 * 1024
const tool = resolve(import.meta.dirname, '../../node_modules/license-checker/bin/license-checker')

const listSchema = v.record(
  v.string(),
  v.object({ licenses: v.optional(v.union([v.string(), v.array(v.string())]), '') }),
)

/** What license-checker reads in node_modules: the licence of each production package, by `name@version`. */
export async function runLicenseChecker(root: string): Promise<ReadonlyMap<string, string>> {
  const options = ['--production', '--excludePrivatePackages', '--json', '--start', root]
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [tool, ...options], { maxBuffer: outputBytesMax })
    const list = v.parse(listSchema, JSON.parse(stdout))
    return new Map(Object.entries(list).map(([name, { licenses }]) => [name, asExpression(licenses)]))
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause)
    throw new Failure('failed', 'tool-failed', `license-checker: ${said}`, { cause })
  }
}

function asExpression(licenses: string | string[]): string {
  if (typeof licenses === 'string') return licenses
  return licenses.length === 1 ? String(licenses[0]) : `(${licenses.join(' OR ')})`
}
