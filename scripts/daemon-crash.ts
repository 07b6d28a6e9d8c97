import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crashRuns } from './daemon-crash/rounds.ts'

/**
 * Kills the daemon at random points while clients decide, again and again, and looks whether every decision that was
 * acknowledged is there, once. `node scripts/daemon-crash.ts [KILLS] [SEED] [EXECUTABLE]`; from source when
 * no executable is given.
 */
const [kills = '50', seed = '1', executable] = process.argv.slice(2)
const home = mkdtempSync(join(tmpdir(), 'postern-crash-'))
const began = performance.now()
const report = await crashRuns({
  home,
  kills: Number(kills),
  seed: Number(seed),
  ...(executable === undefined ? {} : { program: [executable] }),
})
rmSync(home, { recursive: true, force: true })
const seconds = ((performance.now() - began) / 1000).toFixed(1)
process.stdout.write(
  `${report.kills} kills in ${seconds} s: ${report.sent} decisions sent, ${report.acknowledged} acknowledged before a kill, ` +
    `${report.repeated} found done when sent again, ${report.decisions} in the store\n`,
)
for (const finding of report.findings) process.stdout.write(`wrong: ${finding}\n`)
process.exitCode = report.findings.length === 0 ? 0 : 1
