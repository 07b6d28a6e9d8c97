import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Diagnostic, error, render } from './gate/diagnostic.ts'

const help = `node scripts/tag.ts TAG

Whether TAG may release this tree: it is “v” and the version of package.json and of package-lock.json, and
CHANGELOG.md has a section for that version.
`

/** What keeps a tag from releasing the tree under `root`; empty when nothing does. */
export function checkTag(root: string, tag: string): Diagnostic[] {
  const findings: Diagnostic[] = []
  for (const file of ['package.json', 'package-lock.json']) {
    const { version }: { version?: unknown } = JSON.parse(readFileSync(join(root, file), 'utf8'))
    if (tag !== `v${version}`)
      findings.push(error('tag-differs', `the tag is ${tag}, the version ${version}`, { file }))
  }
  const changelog = join(root, 'CHANGELOG.md')
  const text = existsSync(changelog) ? readFileSync(changelog, 'utf8') : ''
  const heading = new RegExp(`^## \\[?v?${RegExp.escape(tag.replace(/^v/, ''))}(?![\\w.-])`, 'm')
  if (!heading.test(text)) findings.push(error('changelog-missing', `no section for ${tag}`, { file: 'CHANGELOG.md' }))
  return findings
}

if (import.meta.main) {
  const [tag] = process.argv.slice(2)
  if (tag === undefined || tag.startsWith('-')) {
    process.stdout.write(help)
    process.exitCode = tag === '--help' || tag === '-h' ? 0 : 2
  } else {
    const findings = checkTag(process.cwd(), tag)
    process.stdout.write(
      `${[...findings.map(render), `tag: ${findings.length === 0 ? 'ok' : 'refused'}; ${tag}`].join('\n')}\n`,
    )
    process.exitCode = findings.length === 0 ? 0 : 1
  }
}
