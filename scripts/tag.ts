import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT } from '#base/failure.ts'
import { type Diagnostic, error, render } from './gate/diagnostic.ts'

const help = `node scripts/tag.ts TAG [--notes]

Whether TAG may release this tree: it is “v” and the version of package.json and of package-lock.json, and
CHANGELOG.md has a section for that version.

  --notes  print that section instead
`

/** What keeps a tag from releasing the tree under `root`; empty when nothing does. */
export function checkTag(root: string, tag: string): Diagnostic[] {
  const findings: Diagnostic[] = []
  for (const file of ['package.json', 'package-lock.json']) {
    const { version }: { version?: unknown } = JSON.parse(readFileSync(join(root, file), 'utf8'))
    if (tag !== `v${version}`)
      findings.push(error('tag-differs', `the tag is ${tag}, the version ${version}`, { file }))
  }
  if (notesFor(root, tag) === undefined) {
    findings.push(error('changelog-missing', `no section for ${tag}`, { file: 'CHANGELOG.md' }))
  }
  return findings
}

/** What CHANGELOG.md says of a version: the section under its heading. */
export function notesFor(root: string, tag: string): string | undefined {
  const file = join(root, 'CHANGELOG.md')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const heading = new RegExp(`^\\[?v?${RegExp.escape(tag.replace(/^v/, ''))}(?![\\w.-])`)
  const section = text.split(/^## /m).find((part, index) => index > 0 && heading.test(part))
  return section === undefined ? undefined : `${section.slice(section.indexOf('\n') + 1).trim()}\n`
}

function main(argv: readonly string[]): number {
  const [tag, option, ...others] = argv
  const isWrong = tag === undefined || tag.startsWith('-') || others.length > 0
  if (isWrong || (option !== undefined && option !== '--notes')) {
    process.stdout.write(help)
    return tag === '--help' || tag === '-h' ? EXIT.done : EXIT.usage
  }
  const findings = checkTag(process.cwd(), tag)
  const outcome = findings.length === 0 ? 'ok' : 'refused'
  const report = `${[...findings.map(render), `tag: ${outcome}; ${tag}`].join('\n')}\n`
  process.stdout.write(option === '--notes' && findings.length === 0 ? (notesFor(process.cwd(), tag) ?? '') : report)
  return findings.length === 0 ? EXIT.done : EXIT.failed
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
