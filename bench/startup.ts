import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { cpuMs, table } from './measure.ts'

// What a short command costs beside an empty program of the same Node. Usage: node bench/startup.ts [EXECUTABLE]
const executable = resolve(process.argv[2] ?? 'dist/postern')
if (!existsSync(executable)) {
  process.stderr.write(`there is no ${executable}; run: npm run package\n`)
  process.exit(1)
}

const commands = [['version'], ['version', '--json'], ['--help'], ['config', 'show'], ['completions', 'bash']]
const rows = commands.map(args => {
  // Side by side, so that a noisy minute strikes both.
  const peer = cpuMs([process.execPath, '-e', '0'])
  const ours = cpuMs([executable, ...args])
  return {
    what: `postern ${args.join(' ')}`,
    ours: `${ours.toFixed(1)} ms`,
    peer: `${peer.toFixed(1)} ms`,
    ratio: `${(ours / peer).toFixed(2)}×`,
  }
})
process.stdout.write(table('CPU of one run, against node -e 0', rows))
