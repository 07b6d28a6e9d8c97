import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EXIT } from '#base/failure.ts'
import { checkDownload } from './release/download.ts'
import { rebuild } from './release/rebuild.ts'
import { type Step, verdictOf } from './release/step.ts'

/**
 * For a stranger who has a download and wants to know whether it is what it says. It needs nothing but Node
 * 24 or newer; no package of this repository has to be installed.
 */
const help = `node scripts/verify-release.ts FILE [--repo OWNER/NAME] [--sums FILE] [--require-attestations]
node scripts/verify-release.ts --rebuild TAG [--sums FILE | --against FILE] [--target NAME] [--from URL]

Checks a downloaded archive, or builds the tag again and compares the bytes. Each step is printed.

  FILE                    the archive as it was downloaded; SHA256SUMS and the signatures lie beside it
  --repo OWNER/NAME       where it must have been built; needed for signatures and provenance
  --sums FILE             the checksums, when they are not beside FILE
  --require-attestations  a signature or provenance that could not be checked counts as wrong

  --rebuild TAG           clone the tag, build it, and compare with the checksums
  --against FILE          the archive to compare with, instead of its line in the checksums
  --target NAME           what to build (default: for this machine; only a machine of a platform can)
  --from URL              where to clone from (default: this clone)

Exit 0: every step that could be taken was right. 6: something differs. 1: a step failed. 2: usage.
`

const options = {
  repo: { type: 'string' },
  sums: { type: 'string' },
  'require-attestations': { type: 'boolean', default: false },
  rebuild: { type: 'string' },
  target: { type: 'string' },
  from: { type: 'string' },
  against: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
  if (values.help === true) {
    process.stdout.write(help)
    return EXIT.done
  }
  const say = (step: Step): void => void process.stdout.write(`${step.outcome.padEnd(7)}  ${step.what}\n`)
  const [file, ...others] = positionals
  const { repo, sums, rebuild: tag, target, against, from = resolve(import.meta.dirname, '..') } = values
  if (others.length > 0 || (tag === undefined) === (file === undefined)) return usage('one FILE, or --rebuild TAG')
  if (tag !== undefined) {
    if (sums !== undefined && against !== undefined) return usage('either --sums or --against')
    return verdictOf(await rebuild({ tag, target: target ?? hostTarget(), from, sums, against, say }), say)
  }
  if (file === undefined) return usage('one FILE')
  const required = values['require-attestations']
  return verdictOf(await checkDownload({ file: resolve(file), repo, sums, required, say }), say)
}

function hostTarget(): string {
  const systems: Readonly<Record<string, string>> = { darwin: 'macos', win32: 'windows' }
  return `${systems[process.platform] ?? process.platform}-${process.arch}`
}

function usage(problem: string): number {
  process.stderr.write(`verify-release: ${problem}\n      next: node scripts/verify-release.ts --help\n`)
  return EXIT.usage
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2))
  } catch (cause) {
    process.exitCode = usage(cause instanceof Error ? cause.message : String(cause))
  }
}
