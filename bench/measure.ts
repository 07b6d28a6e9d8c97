import { spawnSync } from 'node:child_process'

/**
 * CPU time (user and system, children included) of one run of a command, in milliseconds: the median of several
 * batches, because these figures are taken on machines that do other things too.
 */
export function cpuMs(command: readonly string[], { runs = 10, batches = 5, input = '/dev/null' } = {}): number {
  const figures = Array.from({ length: batches }, () => batchCpuMs(command, runs, input) / runs)
  return median(figures)
}

export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('no figures')
  return middle
}

export interface Row {
  readonly what: string
  readonly ours: string
  readonly peer: string
  readonly ratio: string
}

/** The table that every benchmark prints: our figure, the peer's, the ratio. */
export function table(title: string, rows: readonly Row[]): string {
  const all = [{ what: title, ours: 'Postern', peer: 'peer', ratio: 'ratio' }, ...rows]
  const width = (key: keyof Row) => Math.max(...all.map(row => row[key].length))
  return `${all
    .map(row =>
      [
        row.what.padEnd(width('what')),
        ...(['ours', 'peer', 'ratio'] as const).map(key => row[key].padStart(width(key))),
      ].join('  '),
    )
    .join('\n')}\n`
}

function batchCpuMs(command: readonly string[], runs: number, input: string): number {
  const script =
    'n=$1; input=$2; shift 2; for ((i = 0; i < n; i++)); do "$@" <"$input" >/dev/null || exit 9; done; times'
  const { stdout, status, stderr } = spawnSync('bash', ['-c', script, 'bench', String(runs), input, ...command], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${stderr}`)
  const children = stdout.trim().split('\n').at(-1) ?? ''
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  )
}
