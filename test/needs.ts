import { spawnSync } from 'node:child_process'

/**
 * Whether a program that a test needs is here. In CI (the variable `CI` is set) a missing one is a failure, not a
 * reason to skip; on a person's machine the test is skipped with a line that says how to get it.
 */
export function has(program: string): boolean {
  const found = spawnSync('sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status === 0
  if (found) return true
  const how = 'run scripts/test-tools (Debian) to install what the system tests need'
  if (process.env.CI) throw new Error(`${program} is missing: ${how}`)
  process.stderr.write(`skipped: ${program} is missing; ${how}\n`)
  return false
}
