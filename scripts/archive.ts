import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Member, tarball } from './release/tar.ts'

const help = `node scripts/archive.ts --target NAME --binary FILE [--out DIR]

Packs what a release serves for one platform: postern-VERSION-TARGET.tar.gz with the program, its completions,
man page, licences and SBOM, and the SBOM beside it. The program itself is asked for them, so it must run here.
The same program gives the same bytes.
`

const outputBytesMax = 64 * 1024 * 1024

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    binary: { type: 'string' },
    out: { type: 'string', default: 'dist/release' },
    help: { type: 'boolean', short: 'h' },
  },
})

if (values.help === true || values.target === undefined || values.binary === undefined) {
  process.stdout.write(help)
  process.exitCode = values.help === true ? 0 : 2
} else {
  try {
    archive(resolve(values.binary), values.target, resolve(values.out))
  } catch (cause) {
    process.stderr.write(`archive: ${cause instanceof Error ? cause.message : String(cause)}\n`)
    process.exitCode = 1
  }
}

function archive(binary: string, target: string, out: string): void {
  const root = resolve(import.meta.dirname, '..')
  const manifest: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const name = `postern-${manifest.version}-${target}`
  const ask = (...args: string[]): Buffer => execFileSync(binary, args, { maxBuffer: outputBytesMax, stdio: 'pipe' })
  const sbom = ask('sbom')
  const program = target.startsWith('windows-') ? 'postern.exe' : 'postern'
  const files: Record<string, Buffer> = {
    LICENSE: readFileSync(join(root, 'LICENSE')),
    'README.md': readFileSync(join(root, 'README.md')),
    'THIRD-PARTY-LICENSES.txt': ask('licenses'),
    'sbom.cdx.json': sbom,
    'man/postern.1': ask('man'),
    'completions/postern.bash': ask('completions', 'bash'),
    'completions/_postern': ask('completions', 'zsh'),
    'completions/postern.fish': ask('completions', 'fish'),
    'completions/postern.ps1': ask('completions', 'powershell'),
  }
  const members: Member[] = Object.entries(files).map(([path, content]) => {
    return { path: `${name}/${path}`, content, executable: false }
  })
  members.push({ path: `${name}/${program}`, content: readFileSync(binary), executable: true })
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, `${name}.tar.gz`), tarball(members))
  writeFileSync(join(out, `postern-${target}.cdx.json`), sbom)
  process.stdout.write(`${join(out, `${name}.tar.gz`)}\n`)
}
