import { Buffer } from 'node:buffer'
import { getAssetKeys, getRawAsset } from 'node:sea'
import { Script } from 'node:vm'
import { builtin } from './base/part.ts'
import { isQuick } from './cli/quick.ts'

/**
 * What Node runs first in the executable: it loads the program with the code that V8 made of it when it was packaged
 * (scripts/package/warm.ts). Node's own cache for such executables holds only what a load compiles; most of what a
 * short command costs is the compilation of the functions that it calls.
 */
const name = isQuick(process.argv[2]) ? 'quick' : 'main'
const view = (asset: string) => Buffer.from(getRawAsset(asset))
const cached = getAssetKeys().includes(`${name}.cache`) ? view(`${name}.cache`) : undefined
// ASCII (scripts/package/bundle.ts): each byte is a character.
const program = new Script(view(`${name}.cjs`).toString('latin1'), {
  filename: `/${name}.cjs`,
  ...(cached === undefined ? {} : { cachedData: cached }),
})
const main: unknown = program.runInThisContext()
if (typeof main !== 'function') throw new Error('the executable holds no program')
main({}, builtin, { exports: {} })
