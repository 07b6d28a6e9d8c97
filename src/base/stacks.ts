import type { SourceMap, SourceMapping } from 'node:module'
import { textAsset } from './assets.ts'

/**
 * Stack traces of the packaged program name the source files. The map is megabytes of JSON: it is read when the first
 * stack is printed, which in a healthy run is never.
 */
export function readableStacks(): void {
  let map: SourceMap | undefined
  let mapRead = false
  Error.prepareStackTrace = (error, sites) => {
    if (!mapRead) {
      mapRead = true
      const text = textAsset('main.cjs.map')
      const { SourceMap } = process.getBuiltinModule('node:module')
      map = text === undefined ? undefined : new SourceMap(JSON.parse(text))
    }
    const lines = sites.map(site => `    at ${site.getFunctionName() ?? '<anonymous>'} (${position(map, site)})`)
    return [String(error), ...lines].join('\n')
  }
}

function position(map: SourceMap | undefined, site: NodeJS.CallSite): string {
  const line = site.getLineNumber() ?? 0
  const column = site.getColumnNumber() ?? 0
  const file = site.getFileName() ?? 'unknown'
  const entry = file.startsWith('node:') ? undefined : map?.findEntry(line - 1, column - 1)
  const original = entry !== undefined && 'originalSource' in entry ? (entry as SourceMapping) : undefined
  if (original === undefined) return `${file}:${line}:${column}`
  return `${original.originalSource}:${original.originalLine + 1}:${original.originalColumn + 1}`
}
