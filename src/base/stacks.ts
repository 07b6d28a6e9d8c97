import type { SourceMap, SourceMapping } from 'node:module'
import { textAsset } from './assets.ts'

/**
 * Stack traces of the packaged program name the source files. The map is megabytes of JSON: it is read when the first
 * stack is printed, which in a healthy run is never.
 */
export function readableStacks(): void {
  const maps = new Map<string, SourceMap | undefined>()
  const mapOf = (file: string) => {
    if (!maps.has(file)) maps.set(file, readMap(file))
    return maps.get(file)
  }
  Error.prepareStackTrace = (error, sites) => {
    const lines = sites.map(site => {
      const map = mapOf(site.getFileName() ?? '')
      return `    at ${site.getFunctionName() ?? '<anonymous>'} (${position(map, site)})`
    })
    return [String(error), ...lines].join('\n')
  }
}

/** Of the program that runs: `/main.cjs` or `/quick.cjs`. */
function readMap(file: string): SourceMap | undefined {
  const text = /^\/[a-z]+\.cjs$/.test(file) ? textAsset(`${file.slice(1)}.map`) : undefined
  const { SourceMap } = process.getBuiltinModule('node:module')
  return text === undefined ? undefined : new SourceMap(JSON.parse(text))
}

function position(map: SourceMap | undefined, site: NodeJS.CallSite): string {
  const line = site.getLineNumber() ?? 0
  const column = site.getColumnNumber() ?? 0
  const file = site.getFileName() ?? 'unknown'
  const entry = map?.findEntry(line - 1, column - 1)
  const original = entry !== undefined && 'originalSource' in entry ? (entry as SourceMapping) : undefined
  if (original === undefined) return `${file}:${line}:${column}`
  return `${original.originalSource}:${original.originalLine + 1}:${original.originalColumn + 1}`
}
