import { compileFunction } from 'node:vm'
import { textAsset } from './assets.ts'

/**
 * A library that travels beside the bundle, in an asset of its own: what only a few commands need must not be paid by
 * the start of all. The executable verifies it like everything inside. Only the bundle calls this (`parts` of
 * scripts/package/bundle.ts); run from source a library is imported as usual.
 *
 * @param name that of the asset, without `.cjs`
 * @returns what the library exports
 */
export function loadPart(name: string): unknown {
  const code = textAsset(`${name}.cjs`)
  if (code === undefined) throw new Error(`this executable was built without ${name}`)
  const module: { exports: unknown } = { exports: {} }
  const run: unknown = compileFunction(code, ['module', 'exports', 'require'], { filename: `/${name}.cjs` })
  if (typeof run !== 'function') throw new Error(`${name} is no code`)
  run.call(module.exports, module, module.exports, builtin)
  return module.exports
}

/** What `require` gives inside the executable: Node's own modules, and nothing that lies beside the file. */
export function builtin(id: string): unknown {
  const found: unknown = process.getBuiltinModule(id)
  if (found === undefined) throw new Error(`there is no module ${id} in Node`)
  return found
}
