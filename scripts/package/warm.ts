import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programs } from './bundle.ts'

/**
 * V8's code of the programs (`main.cache`, `quick.cache`) after a run of commands that are called often, so that the
 * executable need not compile what they need each time. The same program gives the same bytes.
 *
 * @param files what `bundle` made
 * @param flags what V8 will run under: it rejects code that was made under others
 */
export function warmCaches(
  root: string,
  files: ReadonlyMap<string, Uint8Array>,
  flags: readonly string[],
): ReadonlyMap<string, Uint8Array> {
  const work = mkdtempSync(join(tmpdir(), 'postern-warm-'))
  try {
    const home = join(work, 'home')
    mkdirSync(join(home, 'mail'), { recursive: true })
    for (const [at, letter] of letters.entries()) writeFileSync(join(home, 'mail', `${at}.eml`), letter)
    const env = { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: work, TZ: 'UTC', LC_ALL: 'C' }
    const run = (args: readonly string[]) => {
      const ran = spawnSync(process.execPath, args, { cwd: home, env, stdio: ['ignore', 'ignore', 'pipe'] })
      if (ran.status !== 0) throw new Error(`the program could not be run to warm it:\n${ran.stderr}`)
    }
    run([join(root, 'src/main.ts'), 'import', '--quiet', join(home, 'mail')])
    const caches = programs.map(name => {
      const program = files.get(name)
      if (program === undefined) throw new Error(`the bundle holds no ${name}`)
      const file = join(work, name)
      const cache = file.replace(/cjs$/, 'cache')
      writeFileSync(file, program)
      const warm = [join(import.meta.dirname, 'warm-run.ts'), name, file, cache]
      run([...flags, ...warm])
      // As the executable will: without the seed that is fixed for the sake of equal bytes.
      run([...flags.filter(flag => !flag.startsWith('--random-seed')), ...warm, 'check'])
      return [name.replace(/cjs$/, 'cache'), readFileSync(cache)] as const
    })
    return new Map(caches)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const letters = ['lunch', 'dinner'].map(
  (word, at) =>
    `From: Ann Archer <ann@example.org>
To: Bob <bob@example.org>
Subject: ${at === 0 ? '' : 'Re: '}About ${word}
Date: Mon, 0${at + 2} Nov 2026 10:00:00 +0000
Message-ID: <${at}@example.org>
${at === 0 ? '' : 'In-Reply-To: <0@example.org>\n'}Content-Type: text/plain; charset=utf-8

Shall we meet for ${word}?
`,
)
